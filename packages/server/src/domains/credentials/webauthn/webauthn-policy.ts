import type { Realm } from '../../realms/realm.ts'
import { hasFeature } from '../../realms/realm-features.ts'
import { withinRange } from '../../realms/realm-limits.ts'

/** The two kinds of WebAuthn credentials: a second factor, and one that stands alone. */
export type WebauthnType = 'webauthn' | 'webauthn-passwordless'

/** Keycloak's word for a member of the policy that leaves the choice to the browser. */
export const notSpecified = 'not specified'

/** What a realm wants of the authenticators of one kind. */
export interface WebauthnPolicy {
  readonly rpEntityName: string
  /** Domain that keys are made for. */
  readonly rpId: string
  /** Pages from which answers are taken: the server's own first. */
  readonly origins: readonly string[]
  /** COSE algorithm identifiers that new keys may have, best first. */
  readonly algorithms: readonly number[]
  readonly attestation: string
  readonly attachment: string
  readonly residentKey: string
  /** Older form of `residentKey`: `Yes`, `No`. */
  readonly requireResidentKey: string
  readonly userVerification: string
  /** Seconds that the browser waits; 0 = as long as it likes. */
  readonly createTimeoutSeconds: number
  readonly avoidSameAuthenticator: boolean
  /** Models that may be registered; empty = every model. */
  readonly acceptableAaguids: readonly string[]
  /** Passkeys are offered on the forms that ask for the name or the password. */
  readonly passkeysEnabled: boolean
  /** How the browser offers passkeys by itself: `conditional`, `optional`, `required`, `silent`, `none`. */
  readonly mediation: string
}

/** COSE identifiers (IANA) of Keycloak's names. */
const coseAlgorithms: Readonly<Record<string, number>> = {
  ES256: -7,
  ES384: -35,
  ES512: -36,
  RS256: -257,
  RS384: -258,
  RS512: -259,
  Ed25519: -8,
  RS1: -65535,
}
const usualAlgorithms = ['ES256', 'RS256']

/** Names of the realm's settings. */
const names = {
  webauthn: {
    rpEntityName: 'webAuthnPolicyRpEntityName',
    signatureAlgorithms: 'webAuthnPolicySignatureAlgorithms',
    rpId: 'webAuthnPolicyRpId',
    attestationConveyancePreference: 'webAuthnPolicyAttestationConveyancePreference',
    authenticatorAttachment: 'webAuthnPolicyAuthenticatorAttachment',
    requireResidentKey: 'webAuthnPolicyRequireResidentKey',
    residentKey: 'webAuthnPolicyResidentKey',
    userVerificationRequirement: 'webAuthnPolicyUserVerificationRequirement',
    createTimeout: 'webAuthnPolicyCreateTimeout',
    avoidSameAuthenticatorRegister: 'webAuthnPolicyAvoidSameAuthenticatorRegister',
    acceptableAaguids: 'webAuthnPolicyAcceptableAaguids',
    extraOrigins: 'webAuthnPolicyExtraOrigins',
    passkeysEnabled: undefined,
    mediation: undefined,
  },
  'webauthn-passwordless': {
    rpEntityName: 'webAuthnPolicyPasswordlessRpEntityName',
    signatureAlgorithms: 'webAuthnPolicyPasswordlessSignatureAlgorithms',
    rpId: 'webAuthnPolicyPasswordlessRpId',
    attestationConveyancePreference: 'webAuthnPolicyPasswordlessAttestationConveyancePreference',
    authenticatorAttachment: 'webAuthnPolicyPasswordlessAuthenticatorAttachment',
    requireResidentKey: 'webAuthnPolicyPasswordlessRequireResidentKey',
    residentKey: 'webAuthnPolicyPasswordlessResidentKey',
    userVerificationRequirement: 'webAuthnPolicyPasswordlessUserVerificationRequirement',
    createTimeout: 'webAuthnPolicyPasswordlessCreateTimeout',
    avoidSameAuthenticatorRegister: 'webAuthnPolicyPasswordlessAvoidSameAuthenticatorRegister',
    acceptableAaguids: 'webAuthnPolicyPasswordlessAcceptableAaguids',
    extraOrigins: 'webAuthnPolicyPasswordlessExtraOrigins',
    passkeysEnabled: 'webAuthnPolicyPasswordlessPasskeysEnabled',
    mediation: 'webAuthnPolicyPasswordlessMediation',
  },
} as const

/** @param serverUrl where browsers see the server: its host is the domain of keys where the realm names none */
export function webauthnPolicyOf(
  realm: Pick<Realm, 'settings' | 'switchedOff'>,
  type: WebauthnType,
  serverUrl: string,
): WebauthnPolicy {
  const { settings } = realm
  const named = names[type]
  const member = (name: keyof typeof named): unknown => {
    const setting = named[name]
    return setting === undefined ? undefined : settings[setting]
  }
  const text = (name: keyof typeof named) => textOr(member(name), notSpecified)
  const { hostname, origin } = new URL(serverUrl)
  return {
    rpEntityName: textOr(member('rpEntityName'), 'keycloak'),
    rpId: textOr(member('rpId'), hostname),
    origins: [origin, ...texts(member('extraOrigins'))],
    algorithms: algorithmsOf(texts(member('signatureAlgorithms'))),
    attestation: text('attestationConveyancePreference'),
    attachment: text('authenticatorAttachment'),
    residentKey: text('residentKey'),
    requireResidentKey: text('requireResidentKey'),
    userVerification: text('userVerificationRequirement'),
    createTimeoutSeconds: withinRange(named.createTimeout, Number(member('createTimeout') ?? 0)),
    avoidSameAuthenticator: member('avoidSameAuthenticatorRegister') === true,
    acceptableAaguids: texts(member('acceptableAaguids')).map((aaguid) => aaguid.toLowerCase()),
    passkeysEnabled: member('passkeysEnabled') === true && hasFeature(realm, 'PASSKEYS'),
    mediation: textOr(member('mediation'), 'conditional'),
  }
}

function algorithmsOf(names: readonly string[]): number[] {
  const chosen = names.length === 0 ? usualAlgorithms : names
  return chosen.flatMap((name) =>
    Object.hasOwn(coseAlgorithms, name) ? (coseAlgorithms[name] ?? []) : [],
  )
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' && value !== '' ? value : fallback
}

function texts(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value.filter((one): one is string => typeof one === 'string' && one !== '')
}
