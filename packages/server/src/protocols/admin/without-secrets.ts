import { masked, secretMembers } from '../../domains/realms/secret-members.ts'

/** Members whose values nobody may read from an event. */
const secretNames: ReadonlySet<string> = new Set([
  ...Object.values(secretMembers).flatMap((members) => [...members]),
  'registrationAccessToken',
  'client.secret.rotated',
  'secretData',
  'hashedSaltedValue',
])
/** Deepest nesting that is looked through; what lies deeper is left out. */
const depthMax = 12

/** @returns a representation as admin events keep it: secrets masked, credentials without what proves them */
export function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > depthMax) return undefined
  if (Array.isArray(value)) return value.map((element) => withoutSecrets(element, depth + 1))
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([name, member]) => {
    if (name === 'credentials' && Array.isArray(member)) return [name, member.map(credentialOf)]
    if (secretNames.has(name) && member !== undefined) return [name, masked]
    return [name, withoutSecrets(member, depth + 1)]
  })
  return Object.fromEntries(members)
}

function credentialOf(credential: unknown): unknown {
  const { type, userLabel, temporary } = (credential ?? {}) as Record<string, unknown>
  return { type, userLabel, temporary }
}
