import type { RealmSettings } from './realm.ts'

type Members = Readonly<Record<string, unknown>>
type Value = number | boolean | readonly string[]

/** A member of the realm that Keycloak keeps as an attribute and shows as both. */
interface Mirror {
  readonly member: string
  readonly attribute: string
  /** What the member is once attributes come that do not name it. */
  readonly otherwise: Value
  /** Whether the attribute alone may say it; otherwise it goes back to `otherwise`. */
  readonly follows: boolean
}

const seconds = (member: string): Mirror => ({
  member,
  attribute: member,
  otherwise: 0,
  follows: true,
})

const origins = (member: string, attribute: string): Mirror => ({
  member,
  attribute,
  otherwise: [],
  follows: true,
})

/** Between the values of a list in one attribute. */
const separator = '##'

const mirrors: readonly Mirror[] = [
  seconds('clientSessionIdleTimeout'),
  seconds('clientSessionMaxLifespan'),
  seconds('clientOfflineSessionIdleTimeout'),
  seconds('clientOfflineSessionMaxLifespan'),
  {
    member: 'otpPolicyCodeReusable',
    attribute: 'realmReusableOtpCode',
    otherwise: false,
    follows: true,
  },
  origins('webAuthnPolicyExtraOrigins', 'webAuthnPolicyExtraOrigins'),
  origins('webAuthnPolicyPasswordlessExtraOrigins', 'webAuthnPolicyExtraOriginsPasswordless'),
  { ...seconds('oauth2DeviceCodeLifespan'), otherwise: 600, follows: false },
  { ...seconds('oauth2DevicePollingInterval'), otherwise: 5, follows: false },
]

const wholeNumber = /^-?\d{1,9}$/

/**
 * Members that Keycloak keeps as attributes: the attribute says what the member says, and a member that is left out follows
 * its attribute.
 * @param settings after a change or import, attributes included
 * @param given the members and attributes that somebody wrote
 * @returns members and attributes that go over those of `settings`
 */
export function mirroredAttributes(
  settings: Pick<RealmSettings, 'attributes'>,
  given: Members,
): Members & Pick<RealmSettings, 'attributes'> {
  const members: Record<string, unknown> = {}
  const attributes: Record<string, string> = { ...settings.attributes }
  const isPresent = (value: unknown) => value !== undefined && value !== null
  for (const { member, attribute, otherwise, follows } of mirrors) {
    if (isPresent(given[member])) write(attributes, attribute, given[member])
    else if (isPresent(given['attributes']) && follows) {
      members[member] = memberOf(attributes[attribute], otherwise)
    } else if (isPresent(given['attributes'])) {
      members[member] = otherwise
      attributes[attribute] = String(otherwise)
    }
  }
  // What says whether the SCIM API is on is the member alone.
  const scim = given['scimApiEnabled']
  if (isPresent(scim)) attributes['scimApiEnabled'] = String(scim)
  return { ...members, attributes }
}

function write(attributes: Record<string, string>, name: string, value: unknown): void {
  const text = Array.isArray(value) ? value.join(separator) : String(value)
  if (text === '') delete attributes[name]
  else attributes[name] = text
}

function memberOf(text: string | undefined, otherwise: Value): Value {
  if (typeof otherwise === 'boolean') return text === 'true'
  if (typeof otherwise === 'object') return text ? text.split(separator) : otherwise
  return text !== undefined && wholeNumber.test(text) ? Number(text) : otherwise
}
