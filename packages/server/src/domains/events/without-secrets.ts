/** Members of Keycloak's representations whose values let their reader impersonate somebody. */
const secretMembers = new Set([
  'bindCredential',
  'clientSecret',
  'credentialData',
  'hashedSaltedValue',
  'keyPassword',
  'keystorePassword',
  'password',
  'privateKey',
  'registrationAccessToken',
  'secret',
  'secretData',
])
const mask = '**********'

/** @returns the representation as JSON, with secrets masked as Keycloak masks them */
export function withoutSecrets(representation: unknown): string {
  return typeof representation === 'string'
    ? representation
    : JSON.stringify(masked(representation))
}

function masked(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) {
    // Secrets in components are lists; a credential's plain password is called `value`.
    return value.map((item) => (name === 'credentials' ? credential(item) : masked(item, name)))
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, masked(member, key)]),
    )
  }
  return typeof value === 'string' && secretMembers.has(name) ? mask : value
}

function credential(value: unknown): unknown {
  const members = masked(value)
  return typeof members === 'object' && members !== null && 'value' in members
    ? { ...members, value: mask }
    : members
}
