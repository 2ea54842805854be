import type { InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { SecretBox } from '../../database/secret-box.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import { type OnUnreadableSecret, RealmSecrets } from '../realms/realm-secrets.ts'
import type { OrganizationId, RealmId } from '../typed-ids.ts'
import {
  completedProvider,
  type GivenProvider,
  givenProvider,
  requireUsableProvider,
} from './given-provider.ts'
import type {
  IdentityProvider,
  IdentityProviderMapper,
  IdentityProviderSummary,
} from './identity-provider.ts'
import { identityProvidersChanged, identityProvidersTag } from './identity-provider-events.ts'
import {
  identityProviderMapperRow,
  identityProviderRow,
} from './identity-provider-representation.ts'
import { type IdentityProviderListing, IdentityProviderStore } from './identity-provider-store.ts'

export interface IdentityProvidersDeps {
  readonly database: Database
  readonly secretBox: SecretBox
  readonly onUnreadableSecret?: OnUnreadableSecret
  /** Cache of the summaries of a realm, kind `realms`. */
  readonly cache: InvalidationCache<readonly IdentityProviderSummary[], Queryable>
}

const providersMax = 1_000
const mappersMax = 10_000
const configLengthMax = 262_144

/**
 * Identity providers of realms with their mappers. Nothing signs in through them yet. Summaries are cached: kind `realms`, tag
 * `identity-providers:{realmId}`, which every change announces; the realm itself is not loaded anew.
 */
export class IdentityProviders {
  readonly #deps: IdentityProvidersDeps
  readonly #store: IdentityProviderStore

  constructor(deps: IdentityProvidersDeps) {
    this.#deps = deps
    this.#store = new IdentityProviderStore(
      new RealmSecrets(deps.secretBox, deps.onUnreadableSecret),
    )
  }

  /** All of a realm, by alias, without their settings; cached. */
  async summaries(realmId: RealmId): Promise<readonly IdentityProviderSummary[]> {
    const tag = identityProvidersTag(realmId)
    return await this.#deps.cache.load(tag, async (read) => ({
      value: await this.#store.summaries(read, realmId),
      ver: 0,
      idTag: `list:${tag}`,
      tags: [tag],
    }))
  }

  /** Uncached. */
  async byAlias(realmId: RealmId, alias: string): Promise<IdentityProvider | null> {
    return await this.#store.byAlias(this.#deps.database, realmId, alias)
  }

  /** Those of a realm whose tokens name this issuer; uncached. */
  async byIssuer(realmId: RealmId, issuer: string): Promise<IdentityProvider[]> {
    return await this.#store.byIssuer(this.#deps.database, realmId, issuer)
  }

  /** One page, by alias; uncached. */
  async list(listing: IdentityProviderListing): Promise<IdentityProvider[]> {
    return await this.#store.list(this.#deps.database, listing)
  }

  /** Mappers of one provider; uncached. */
  async mappers(realmId: RealmId, alias: string): Promise<IdentityProviderMapper[]> {
    return await this.#store.mappers(this.#deps.database, realmId, alias)
  }

  /** All of a realm with all mappers, as the caller's transaction sees them. */
  async allIn(tx: Queryable, realmId: RealmId) {
    return {
      providers: await this.#store.list(tx, { realmId }),
      mappers: await this.#store.mappers(tx, realmId, null),
    }
  }

  /**
   * @param isKnown whether there is such a kind of identity provider
   * @throws ModelError `invalid` in Keycloak's words, `duplicate` when the alias is taken
   */
  async create(
    realmId: RealmId,
    given: GivenProvider,
    isKnown: (providerId: string) => boolean,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.createIn(tx, realmId, given, isKnown)
      await trace(tx)
    })
  }

  /** As `create`, in the caller's transaction. @returns the id of the new provider */
  async createIn(
    tx: Transaction,
    realmId: RealmId,
    given: GivenProvider,
    isKnown: (providerId: string) => boolean,
  ): Promise<string> {
    const row = identityProviderRow(realmId, completedProvider(given, isKnown))
    requireUsableProvider(row)
    if ((await this.#store.count(tx, realmId)) >= providersMax) {
      throw tooMany()
    }
    await orDuplicate(`Identity Provider ${row.alias} already exists`, () =>
      this.#store.insert(tx, row),
    )
    await this.#announce(tx, realmId)
    return row.id
  }

  /** Replaces a provider; the mask of its secret stands for the present one. @throws ModelError as `create`, or `missing` */
  async update(
    realmId: RealmId,
    alias: string,
    given: GivenProvider,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      const present = await this.#store.lock(tx, realmId, alias)
      if (!present) throw new ModelError('missing', 'HTTP 404 Not Found')
      if (given.alias !== undefined && given.alias !== alias) {
        throw new ModelError('invalid', 'Identity Provider alias cannot be changed')
      }
      const { providerId = present.providerId } = given
      const read = givenProvider({ ...given, alias, providerId }, present.config)
      const row = identityProviderRow(realmId, { ...read, internalId: present.id })
      requireUsableProvider(row)
      await this.#store.update(tx, { ...row, ver: present.ver }, present)
      await this.#announce(tx, realmId, trace)
    })
  }

  /** Removes a provider with its mappers. @throws ModelError `missing` */
  async remove(realmId: RealmId, alias: string, trace: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.removeIn(tx, realmId, alias)
      await trace(tx)
    })
  }

  /** As `remove`, in the caller's transaction. */
  async removeIn(tx: Transaction, realmId: RealmId, alias: string): Promise<void> {
    if (!(await this.#store.remove(tx, realmId, alias))) {
      throw new ModelError('missing', 'HTTP 404 Not Found')
    }
    await this.#announce(tx, realmId)
  }

  /**
   * Links a provider with an organization, or no longer (null), in the caller's transaction.
   * @throws ModelError `missing`
   */
  async linkIn(
    tx: Transaction,
    realmId: RealmId,
    alias: string,
    organizationId: OrganizationId | null,
  ) {
    if (!(await this.#store.link(tx, realmId, alias, organizationId))) {
      throw new ModelError('missing', 'HTTP 404 Not Found')
    }
    await this.#announce(tx, realmId)
  }

  /** Unlinks all providers of an organization, in the caller's transaction. */
  async unlinkAllIn(
    tx: Transaction,
    realmId: RealmId,
    organizationId: OrganizationId,
  ): Promise<void> {
    if (await this.#store.unlinkAll(tx, realmId, organizationId)) await this.#announce(tx, realmId)
  }

  /** @throws ModelError `duplicate` when the provider has a mapper of that name */
  async createMapper(mapper: IdentityProviderMapper, trace: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.createMapperIn(tx, mapper)
      await trace(tx)
    })
  }

  /** As `createMapper`, in the caller's transaction. */
  async createMapperIn(tx: Transaction, mapper: IdentityProviderMapper): Promise<void> {
    requireSize(mapper)
    if ((await this.#store.mapperCount(tx, mapper.realmId)) >= mappersMax) throw tooLarge()
    await orDuplicate('Duplicate resource error', () => this.#store.insertMapper(tx, mapper))
    await this.#announce(tx, mapper.realmId)
  }

  /** @throws ModelError `missing`, or `duplicate` when the provider has another mapper of that name */
  async updateMapper(mapper: IdentityProviderMapper, trace: AdminTrace): Promise<void> {
    requireSize(mapper)
    await this.#deps.database.transaction(async (tx) => {
      const written = await orDuplicate('Duplicate resource error', () =>
        this.#store.updateMapper(tx, mapper),
      )
      if (!written) throw new ModelError('missing', 'Model not found')
      await this.#announce(tx, mapper.realmId, trace)
    })
  }

  /** @throws ModelError `missing` */
  async removeMapper(realmId: RealmId, id: string, trace: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      if (!(await this.#store.removeMapper(tx, realmId, id))) {
        throw new ModelError('missing', 'Model not found')
      }
      await this.#announce(tx, realmId, trace)
    })
  }

  /** As `removeMapper`, in the caller's transaction, for one that may have gone with its provider. */
  async removeMapperIn(tx: Transaction, realmId: RealmId, id: string): Promise<void> {
    if (await this.#store.removeMapper(tx, realmId, id)) await this.#announce(tx, realmId)
  }

  /**
   * Writes identity providers and mappers of a representation in the caller's transaction, for imports.
   * @param organizationOf the organization that an alias is linked with
   * @throws ModelError `invalid` for what nobody may make either
   */
  async insertAllIn(
    tx: Transaction,
    realmId: RealmId,
    providers: readonly Readonly<Record<string, unknown>>[],
    mappers: readonly Readonly<Record<string, unknown>>[],
    organizationOf: (alias: unknown) => string | undefined,
  ): Promise<void> {
    if (providers.length > providersMax) throw tooMany()
    if (mappers.length > mappersMax) throw tooLarge()
    for (const provider of providers) {
      const organizationId = organizationOf(provider['alias']) ?? provider['organizationId']
      const row = identityProviderRow(realmId, { ...provider, organizationId })
      requireUsableProvider(row)
      await this.#store.insert(tx, row)
    }
    for (const mapper of mappers) {
      const row = identityProviderMapperRow(realmId, mapper)
      requireSize(row)
      await this.#store.insertMapper(tx, row)
    }
    if (providers.length > 0 || mappers.length > 0) await this.#announce(tx, realmId)
  }

  /** Drops what is cached of a realm that was removed. */
  forgetRealm(tx: Transaction, realmId: RealmId): void {
    tx.append([identityProvidersChanged(realmId)])
  }

  async #announce(tx: Transaction, realmId: RealmId, trace?: AdminTrace): Promise<void> {
    tx.append([identityProvidersChanged(realmId)])
    await trace?.(tx)
  }
}

function requireSize(mapper: IdentityProviderMapper): void {
  if (JSON.stringify(mapper).length > configLengthMax) throw tooLarge()
}

function tooMany(): ModelError {
  return new ModelError('invalid', 'The realm has too many identity providers')
}

function tooLarge(): ModelError {
  return new ModelError('invalid', 'The mapper is too large, or there are too many')
}
