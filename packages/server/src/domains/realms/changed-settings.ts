import { filledTexts } from './filled-texts.ts'
import { mirroredAttributes } from './mirrored-attributes.ts'
import { otpApplications } from './otp-applications.ts'
import type { RealmSettings } from './realm.ts'
import { unmaskedMembers } from './secret-members.ts'

type Members = Readonly<Record<string, unknown>>

/** Attributes that every realm has, with what they are where nobody says otherwise. */
export const realmAttributes: Readonly<Record<string, string>> = {
  cibaBackchannelTokenDeliveryMode: 'poll',
  cibaExpiresIn: '120',
  cibaInterval: '5',
  cibaAuthRequestedUserHint: 'login_hint',
  oauth2DeviceCodeLifespan: '600',
  oauth2DevicePollingInterval: '5',
  parRequestUriLifespan: '60',
}

/** Settings of which the empty text means none. */
const emptyMeansNone = new Set(['passwordPolicy'])
/** Settings of which the empty text means that nobody has said anything. */
const emptyMeansUnspecified = new Set([
  'webAuthnPolicyAttestationConveyancePreference',
  'webAuthnPolicyAuthenticatorAttachment',
  'webAuthnPolicyRequireResidentKey',
  'webAuthnPolicyUserVerificationRequirement',
  'webAuthnPolicyPasswordlessAttestationConveyancePreference',
  'webAuthnPolicyPasswordlessAuthenticatorAttachment',
])

/** Settings that stay as they are when they come empty: nothing could be registered by such a policy. */
const emptyMeansUnchanged = new Set([
  'webAuthnPolicyRpEntityName',
  'webAuthnPolicySignatureAlgorithms',
  'webAuthnPolicyPasswordlessRpEntityName',
  'webAuthnPolicyPasswordlessSignatureAlgorithms',
  'webAuthnPolicyPasswordlessResidentKey',
  'webAuthnPolicyPasswordlessUserVerificationRequirement',
])

/**
 * A realm's settings after a change, as Keycloak takes it: members that are absent stay, attributes are replaced as a whole
 * except those that every realm has, masks stand for the secrets behind them.
 */
export function changedSettings(present: RealmSettings, given: Members): RealmSettings {
  const settings: RealmSettings = { ...present }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue
    if (isEmpty(value) && emptyMeansUnchanged.has(name)) continue
    if (value === '' && emptyMeansNone.has(name)) delete settings[name]
    else if (value === '' && emptyMeansUnspecified.has(name)) settings[name] = 'not specified'
    else settings[name] = value
  }
  for (const name of ['supportedLocales', 'defaultGroups'] as const) {
    if (settings[name]?.length === 0) delete settings[name]
  }
  settings['otpSupportedApplications'] = otpApplications(settings)
  if (given['attributes']) settings.attributes = attributesOf(given['attributes'] as Members)
  Object.assign(settings, mirroredAttributes(settings, given))
  settings.browserSecurityHeaders = {
    ...present.browserSecurityHeaders,
    ...filledTexts(given['browserSecurityHeaders'] as Record<string, string | null> | undefined),
  }
  const smtp = given['smtpServer'] as Record<string, string> | undefined
  const before = (present['smtpServer'] ?? {}) as Record<string, string>
  if (smtp) settings['smtpServer'] = unmaskedMembers('smtpServer', smtp, before)
  return withOneMeaning(settings, given)
}

function isEmpty(value: unknown): boolean {
  return value === '' || (Array.isArray(value) && value.length === 0)
}

function attributesOf(given: Members): Record<string, string> {
  const filled = Object.entries(given).flatMap(([name, value]) => {
    if (value === null || value === undefined) return []
    return value === '' && name in realmAttributes ? [] : [[name, String(value)]]
  })
  return { ...realmAttributes, ...Object.fromEntries(filled) }
}

/** Where addresses may be used twice, nobody signs in with one: the later word of the two counts. */
function withOneMeaning(settings: RealmSettings, given: Members): RealmSettings {
  if (given['duplicateEmailsAllowed'] === true) {
    return { ...settings, loginWithEmailAllowed: false, registrationEmailAsUsername: false }
  }
  const unique =
    given['loginWithEmailAllowed'] === true || given['registrationEmailAsUsername'] === true
  return unique ? { ...settings, duplicateEmailsAllowed: false } : settings
}
