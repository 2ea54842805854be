/** A setting of clients or realms that is kept and does not act. */
export interface IdleSetting {
  readonly of: 'Attribute of clients' | 'Client' | 'Realm'
  /** With `*` at its end: every setting whose name begins like this. */
  readonly name: string
  /** What comes in place of what it stands for. */
  readonly instead: string
}

const saml = 'The authorization endpoint refuses clients of another protocol'

/**
 * Every setting that Keycloak knows, that realms may hold here, and by which nothing is guarded, granted or limited. What
 * would need one that guards is refused.
 */
export const idleSettings: readonly IdleSetting[] = [
  {
    of: 'Attribute of clients',
    name: 'allow.oidc.params.in.redirect.uris',
    instead: 'A redirect URI with parameters of an answer is refused',
  },
  {
    of: 'Attribute of clients',
    name: 'external.token.*',
    instead: 'There is no such endpoint',
  },
  {
    of: 'Attribute of clients',
    name: 'logout.confirmation.enabled',
    instead: 'Browsers go on to the client without a page between',
  },
  { of: 'Attribute of clients', name: 'saml*', instead: saml },
  {
    of: 'Client',
    name: 'nodeReRegistrationTimeout',
    instead: 'Nodes of clients stay until they are removed',
  },
  {
    of: 'Client',
    name: 'surrogateAuthRequired',
    instead: 'Without effect in Keycloak too',
  },
  {
    of: 'Realm',
    name: 'scimApiEnabled',
    instead: 'There is no such endpoint',
  },
  {
    of: 'Realm',
    name: 'userFederation*',
    instead: 'Users are those of the realm alone',
  },
  {
    of: 'Realm',
    name: 'verifiableCredentialsEnabled',
    instead: 'There is no such endpoint',
  },
]

/** @returns what is known of a setting that does not act; undefined for all others */
export function idleSetting(of: IdleSetting['of'], name: string): IdleSetting | undefined {
  return idleSettings.find((one) => {
    if (one.of !== of) return false
    return one.name.endsWith('*') ? name.startsWith(one.name.slice(0, -1)) : name === one.name
  })
}
