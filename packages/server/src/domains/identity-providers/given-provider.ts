import { ownMember } from '../../shared/own-member.ts'
import { ModelError } from '../realms/model-error.ts'
import { unmaskedMembers } from '../realms/secret-members.ts'
import type { IdentityProvider } from './identity-provider.ts'

/** Members of an identity provider as Admin REST takes them. */
export type GivenProvider = Readonly<Record<string, unknown>> & {
  readonly alias?: string | undefined
  readonly providerId?: string | undefined
  readonly config?: Readonly<Record<string, string | null>> | undefined
}

const aliasLengthMax = 255
const configLengthMax = 262_144
/** Of everything else that is kept of a provider: its name on pages, the flows that it runs, … */
const membersLengthMax = 16_384
/** Addresses in a provider's configuration, and what Keycloak calls them. */
const addresses: Readonly<Record<string, string>> = {
  authorizationUrl: 'authorization_url',
  tokenUrl: 'token_url',
  logoutUrl: 'logout_url',
  userInfoUrl: 'userinfo_url',
  jwksUrl: 'jwks_url',
  singleSignOnServiceUrl: 'single_sign_on_service_url',
  singleLogoutServiceUrl: 'single_logout_service_url',
}
const issuers: Readonly<Record<string, string>> = { google: 'https://accounts.google.com' }

/**
 * @param isKnown whether there is such a kind of identity provider
 * @returns a new provider, with what its kind brings. @throws ModelError `invalid` in Keycloak's words
 */
export function completedProvider(
  given: GivenProvider,
  isKnown: (providerId: string) => boolean,
): GivenProvider {
  const { alias = '', providerId = '' } = given
  if (!alias) throw new ModelError('invalid', 'path is null')
  if (!isKnown(providerId)) {
    throw new ModelError('invalid', `Invalid identity provider id [${providerId}]`)
  }
  const issuer = ownMember(issuers, providerId)
  const config = { ...(issuer === undefined ? {} : { issuer }), ...given.config }
  return givenProvider({ ...given, config }, {})
}

/**
 * @param before the settings that masks stand for
 * @returns what is to be written. @throws ModelError `invalid` in Keycloak's words
 */
export function givenProvider(
  given: GivenProvider,
  before: Readonly<Record<string, string>>,
): GivenProvider {
  const { alias = '', config = {} } = given
  if (/\s/.test(alias)) throw new ModelError('invalid', 'Empty Space not allowed.')
  const illegal = /[!#$&()*+,/:;=?@[\\\]]/.exec(alias)?.[0]
  if (illegal !== undefined) throw new ModelError('invalid', `Character '${illegal}' not allowed.`)
  const filled = Object.entries(config).flatMap(([name, value]): [string, string][] =>
    value === null || value === '' ? [] : [[name, value]],
  )
  const settings = unmaskedMembers('identityProvider', Object.fromEntries(filled), before)
  return { ...given, config: settings }
}

/**
 * What holds for every provider, by whichever door it comes in: an import keeps an alias that nobody could give it.
 * @throws ModelError `invalid` in Keycloak's words
 */
export function requireUsableProvider({
  alias,
  config,
  members,
}: Pick<IdentityProvider, 'alias' | 'config' | 'members'>): void {
  if (alias.length > aliasLengthMax) throw new ModelError('invalid', 'The alias is too long')
  for (const [name, called] of Object.entries(addresses)) {
    const value = config[name]
    if (!value || /^https?:\/\/\S+$/i.test(value)) continue
    throw new ModelError(
      'invalid',
      /^[a-z][a-z\d+.-]*:/i.test(value)
        ? `Invalid protocol/scheme for url [${called}]`
        : `The url [${called}] is malformed`,
    )
  }
  if (
    JSON.stringify(config).length > configLengthMax ||
    JSON.stringify(members).length > membersLengthMax
  ) {
    throw new ModelError('invalid', 'The configuration of the identity provider is too large')
  }
}
