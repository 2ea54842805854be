import { newUuid } from '../../shared/random.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError } from './model-error.ts'
import type { JsonObject, Realm, RealmSettings } from './realm.ts'
import type { Realms } from './realms.ts'
import { unmaskedMembers } from './secret-members.ts'

/** Members of an identity provider as Admin REST takes them. */
export type GivenProvider = Readonly<Record<string, unknown>> & {
  readonly alias?: string | undefined
  readonly providerId?: string | undefined
  readonly config?: Readonly<Record<string, string | null>> | undefined
}

export interface IdentityProvidersDeps {
  readonly realms: Realms
  /** @returns whether there is such a kind of identity provider */
  readonly isKnown: (providerId: string) => boolean
}

const providersMax = 1_000
const mappersMax = 10_000
const configLengthMax = 262_144
const aliasLengthMax = 255
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

/** Configuring the identity providers of a realm with their mappers. Nothing signs in through them yet. */
export class IdentityProviders {
  readonly #deps: IdentityProvidersDeps

  constructor(deps: IdentityProvidersDeps) {
    this.#deps = deps
  }

  /** @throws ModelError `invalid` in Keycloak's words, `duplicate` when the alias is taken */
  async create(realm: Realm, given: GivenProvider, trace: AdminTrace): Promise<void> {
    const { alias = '', providerId = '' } = given
    if (!alias) throw new ModelError('invalid', 'path is null')
    if (!this.#deps.isKnown(providerId)) {
      throw new ModelError('invalid', `Invalid identity provider id [${providerId}]`)
    }
    const issuer = issuers[providerId]
    const config = { ...(issuer === undefined ? {} : { issuer }), ...given.config }
    const stored = readProvider({ enabled: true, ...given, config }, {})
    await this.#change(realm, trace, (settings) => {
      if (settings.identityProviders.some((one) => one['alias'] === alias)) {
        throw new ModelError('duplicate', `Identity Provider ${alias} already exists`)
      }
      if (settings.identityProviders.length >= providersMax) {
        throw new ModelError('invalid', 'The realm has too many identity providers')
      }
      const made = { ...stored, internalId: stored['internalId'] ?? newUuid() }
      return { ...settings, identityProviders: [...settings.identityProviders, made] }
    })
  }

  /** Replaces a provider; the mask of its secret stands for the present one. @throws ModelError as `create`, or `missing` */
  async update(realm: Realm, alias: string, given: GivenProvider, trace: AdminTrace) {
    await this.#change(realm, trace, (settings) => {
      const present = settings.identityProviders.find((one) => one['alias'] === alias)
      if (!present) throw new ModelError('missing', 'HTTP 404 Not Found')
      if (given.alias !== undefined && given.alias !== alias) {
        throw new ModelError('invalid', 'Identity Provider alias cannot be changed')
      }
      const next: JsonObject = {
        ...readProvider({ enabled: true, ...given }, present),
        alias,
        providerId: given.providerId ?? present['providerId'] ?? '',
        internalId: present['internalId'] ?? newUuid(),
      }
      const identityProviders = settings.identityProviders.map((one) =>
        one === present ? next : one,
      )
      return { ...settings, identityProviders }
    })
  }

  /** Removes a provider with its mappers. @throws ModelError `missing` */
  async remove(realm: Realm, alias: string, trace: AdminTrace): Promise<void> {
    await this.#change(realm, trace, (settings) => {
      const left = settings.identityProviders.filter((one) => one['alias'] !== alias)
      if (left.length === settings.identityProviders.length) {
        throw new ModelError('missing', 'HTTP 404 Not Found')
      }
      return {
        ...settings,
        identityProviders: left,
        identityProviderMappers: settings.identityProviderMappers.filter(
          (mapper) => mapper['identityProviderAlias'] !== alias,
        ),
      }
    })
  }

  /**
   * Writes a mapper: a new one, or in the place of the one with its id.
   * @throws ModelError `duplicate` when the provider has a mapper of that name
   */
  async saveMapper(realm: Realm, mapper: JsonObject, trace: AdminTrace): Promise<void> {
    await this.#change(realm, trace, (settings) => {
      const others = settings.identityProviderMappers.filter(({ id }) => id !== mapper['id'])
      const taken = others.some(
        (one) =>
          one['name'] === mapper['name'] &&
          one['identityProviderAlias'] === mapper['identityProviderAlias'],
      )
      if (taken) throw new ModelError('duplicate', 'Duplicate resource error')
      if (others.length >= mappersMax || JSON.stringify(mapper).length > configLengthMax) {
        throw new ModelError('invalid', 'The mapper is too large, or there are too many')
      }
      return { ...settings, identityProviderMappers: [...others, mapper] }
    })
  }

  /** @throws ModelError `missing` */
  async removeMapper(realm: Realm, id: string, trace: AdminTrace): Promise<void> {
    await this.#change(realm, trace, (settings) => {
      const left = settings.identityProviderMappers.filter((mapper) => mapper['id'] !== id)
      if (left.length === settings.identityProviderMappers.length) {
        throw new ModelError('missing', 'Model not found')
      }
      return { ...settings, identityProviderMappers: left }
    })
  }

  async #change(
    realm: Realm,
    trace: AdminTrace,
    change: (settings: RealmSettings) => RealmSettings,
  ): Promise<void> {
    const { realms } = this.#deps
    await realms.change(realm.id, (row) => ({ ...row, settings: change(row.settings) }), trace)
  }
}

function readProvider(given: GivenProvider, present: JsonObject): JsonObject {
  const { types: _, config = {}, ...members } = given
  const alias = String(given.alias ?? '')
  if (/\s/.test(alias)) throw new ModelError('invalid', 'Empty Space not allowed.')
  const illegal = /[!#$&()*+,/:;=?@[\\\]]/.exec(alias)?.[0]
  if (illegal !== undefined) throw new ModelError('invalid', `Character '${illegal}' not allowed.`)
  if (alias.length > aliasLengthMax) throw new ModelError('invalid', 'The alias is too long')
  const filled = Object.entries(config).filter(([, value]) => value !== null && value !== '')
  const before = (present['config'] ?? {}) as Record<string, string>
  const settings = unmaskedMembers(
    'identityProvider',
    Object.fromEntries(filled) as Record<string, string>,
    before,
  )
  for (const [name, called] of Object.entries(addresses)) {
    const value = settings[name]
    if (value !== undefined && !/^https?:\/\/\S+$/i.test(value)) {
      throw new ModelError('invalid', `Invalid protocol/scheme for url [${called}]`)
    }
  }
  if (JSON.stringify(settings).length > configLengthMax) {
    throw new ModelError('invalid', 'The configuration of the identity provider is too large')
  }
  const kept = Object.entries(members).filter(([, value]) => value !== undefined && value !== null)
  return { ...(Object.fromEntries(kept) as JsonObject), config: settings }
}
