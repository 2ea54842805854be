/**
 * The members of a realm that are secret, by where they stand. One table for all that has to know: such a member is masked in
 * answers and events, sealed at rest, and kept when its mask comes back. A test walks through all of them.
 */
export const secretMembers = {
  /** `config` of components. */
  component: new Set([
    'privateKey',
    'secret',
    'ecdsaPrivateKey',
    'ecdhPrivateKey',
    'eddsaPrivateKey',
    'keystorePassword',
    'keyPassword',
    'bindCredential',
  ]),
  /** `config` of identity providers. */
  identityProvider: new Set(['clientSecret']),
  smtpServer: new Set(['password', 'authTokenClientSecret']),
} as const satisfies Record<string, ReadonlySet<string>>

export type SecretPlace = keyof typeof secretMembers

/**
 * Further members that are sealed at rest, though administrators read them back: secrets and private keys of clients, secrets
 * of other services in the settings of flows.
 */
const readableSecrets = {
  client: (name: string) => name === 'secret',
  /** Of clients. Private keys are named by what they are for (`saml.signing.private.key`). */
  clientAttribute: (name: string) =>
    name === 'client.secret.rotated' || name.endsWith('.private.key'),
  /** `config` of authenticators. */
  authenticator: (name: string) =>
    name === 'secret.key' || name === 'api.key' || name === 'sms.gateway.secret',
} as const

/** Where members stand that are sealed at rest. */
export type SealedPlace = SecretPlace | keyof typeof readableSecrets

/** @returns whether a member is sealed at rest */
export function isSealedMember(place: SealedPlace, name: string): boolean {
  return place in readableSecrets
    ? readableSecrets[place as keyof typeof readableSecrets](name)
    : isSecretMember(place as SecretPlace, name)
}

/** What stands for a secret in answers; sent back, it leaves the secret as it is. */
export const masked = '**********'

/** `${vault.name}` names a secret and is none: Keycloak shows it. */
const vaultReference = /^\$\{vault\.[^}]+\}$/

export function isSecretMember(place: SecretPlace, name: string): boolean {
  const members: ReadonlySet<string> = secretMembers[place]
  return members.has(name)
}

/** @returns how answers show a member: secrets masked, everything else as it is */
export function shownMember(place: SecretPlace, name: string, value: string): string {
  const hidden = isSecretMember(place, name) && value !== '' && !vaultReference.test(value)
  return hidden ? masked : value
}

/** @returns the members of a map as answers show them */
export function shownMembers(
  place: SecretPlace,
  members: Readonly<Record<string, string>>,
): Record<string, string> {
  const shown = Object.entries(members).map(([name, value]) => [
    name,
    shownMember(place, name, value),
  ])
  return Object.fromEntries(shown)
}

/**
 * What a change of a map means: masks stand for what is there.
 * @returns `given`, with the present value of every secret whose mask came back; such a mask without a value is left out
 */
export function unmaskedMembers(
  place: SecretPlace,
  given: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): Record<string, string> {
  const members = Object.entries(given).flatMap(([name, value]) => {
    if (!isSecretMember(place, name) || value !== masked) return [[name, value]]
    const kept = present[name]
    return kept === undefined ? [] : [[name, kept]]
  })
  return Object.fromEntries(members)
}
