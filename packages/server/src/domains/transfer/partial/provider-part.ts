import type { Transaction } from '../../../database/database.ts'
import { newUuid } from '../../../shared/random.ts'
import { identityProviderMapperRow } from '../../identity-providers/identity-provider-representation.ts'
import type { IdentityProviders } from '../../identity-providers/identity-providers.ts'
import type { JsonObject } from '../../realms/realm.ts'
import type { RealmId } from '../../typed-ids.ts'
import type { ImportPart } from './import-part.ts'

export interface ProviderPartDeps {
  readonly identityProviders: IdentityProviders
  /** @returns whether there is such a kind of identity provider */
  readonly knowsProvider: (providerId: string) => boolean
}

/** The identity providers of a partial import, each with a new internal id. */
export class ProviderPart implements ImportPart<JsonObject> {
  readonly items: readonly JsonObject[]
  readonly #deps: ProviderPartDeps
  readonly #realmId: RealmId

  constructor(deps: ProviderPartDeps, realmId: RealmId, providers: readonly JsonObject[]) {
    this.items = providers
    this.#deps = deps
    this.#realmId = realmId
  }

  typeOf() {
    return 'IDP' as const
  }

  nameOf({ alias }: JsonObject): string {
    return String(alias)
  }

  shown(provider: JsonObject, internalId: string): object {
    return { ...provider, internalId }
  }

  async present({ alias }: JsonObject): Promise<string | null> {
    const known = await this.#deps.identityProviders.summaries(this.#realmId)
    return known.find((one) => one.alias === alias)?.id ?? null
  }

  taken({ alias }: JsonObject): string {
    return `Identity Provider '${String(alias)}' already exists.`
  }

  /** Its mappers go with it. */
  async remove(tx: Transaction, { alias }: JsonObject): Promise<void> {
    await this.#deps.identityProviders.removeIn(tx, this.#realmId, String(alias))
  }

  async add(tx: Transaction, providers: readonly JsonObject[]): Promise<string[]> {
    const { identityProviders, knowsProvider } = this.#deps
    const ids: string[] = []
    for (const { internalId: _, ...given } of providers) {
      ids.push(await identityProviders.createIn(tx, this.#realmId, given, knowsProvider))
    }
    return ids
  }
}

/** The mappers of identity providers in a partial import. */
export class ProviderMapperPart implements ImportPart<JsonObject> {
  readonly items: readonly JsonObject[]
  readonly #identityProviders: IdentityProviders
  readonly #realmId: RealmId

  constructor(
    { identityProviders }: Pick<ProviderPartDeps, 'identityProviders'>,
    realmId: RealmId,
    mappers: readonly JsonObject[],
  ) {
    this.items = mappers
    this.#identityProviders = identityProviders
    this.#realmId = realmId
  }

  typeOf() {
    return 'IDP_MAPPER' as const
  }

  nameOf({ name }: JsonObject): string {
    return String(name)
  }

  shown(mapper: JsonObject): object {
    return mapper
  }

  async present({ name, identityProviderAlias }: JsonObject): Promise<string | null> {
    const alias = String(identityProviderAlias)
    const known = await this.#identityProviders.mappers(this.#realmId, alias)
    return known.find((one) => one.name === name)?.id ?? null
  }

  taken({ name }: JsonObject): string {
    return `Identity Provider Mapper'${String(name)}' already exists.`
  }

  async remove(tx: Transaction, _: JsonObject, id: string): Promise<void> {
    await this.#identityProviders.removeMapperIn(tx, this.#realmId, id)
  }

  async add(tx: Transaction, mappers: readonly JsonObject[]): Promise<string[]> {
    const rows = mappers.map((mapper) =>
      identityProviderMapperRow(this.#realmId, { ...mapper, id: newUuid() }),
    )
    for (const row of rows) await this.#identityProviders.createMapperIn(tx, row)
    return rows.map(({ id }) => id)
  }
}
