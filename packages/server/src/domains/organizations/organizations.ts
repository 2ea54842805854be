import type { InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { IdentityProviders } from '../identity-providers/identity-providers.ts'
import { isUniqueViolation, ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { OrganizationId, RealmId, UserId } from '../typed-ids.ts'
import { changedOrganization, type GivenOrganization } from './given-organization.ts'
import type { MembershipType, Organization, OrganizationMembership } from './organization.ts'
import {
  organizationAliasKey,
  organizationsChanged,
  organizationsTag,
} from './organization-events.ts'
import { type OrganizationListing, OrganizationStore } from './organization-store.ts'

export interface OrganizationsDeps {
  readonly database: Database
  readonly identityProviders: Pick<IdentityProviders, 'linkIn' | 'unlinkAllIn'>
  /** Cache of which aliases there are, kind `users`. */
  readonly aliasCache: InvalidationCache<boolean, Queryable>
}

/** Organizations of realms, with their domains, members and identity providers. Memberships of users are cached by Users. */
export class Organizations {
  readonly #deps: OrganizationsDeps
  readonly #store = new OrganizationStore()

  constructor(deps: OrganizationsDeps) {
    this.#deps = deps
  }

  async byId(realmId: RealmId, id: OrganizationId): Promise<Organization | null> {
    return await this.#store.byId(this.#deps.database, realmId, id)
  }

  /** One page, by name. */
  async list(listing: OrganizationListing): Promise<Organization[]> {
    return await this.#store.list(this.#deps.database, listing)
  }

  async count(listing: OrganizationListing): Promise<number> {
    return await this.#store.count(this.#deps.database, listing)
  }

  /** Whether scopes may name this organization: there is one of that alias, and it is enabled. Cached. */
  async hasAlias(realmId: RealmId, alias: string): Promise<boolean> {
    const key = organizationAliasKey(realmId, alias)
    return await this.#deps.aliasCache.load(key, async (read) => ({
      value: await this.#store.hasAlias(read, realmId, alias),
      ver: 0,
      idTag: key,
      tags: [key, organizationsTag(realmId)],
    }))
  }

  /** All of a realm, as the caller's transaction sees them. */
  async allIn(tx: Queryable, realmId: RealmId): Promise<Organization[]> {
    return await this.#store.list(tx, { realmId })
  }

  /** Those that a user is in, by name; uncached. */
  async ofUser(realmId: RealmId, userId: UserId): Promise<OrganizationMembership[]> {
    return await this.#store.ofUser(this.#deps.database, realmId, userId)
  }

  /** How these users are members, by user id; absent where they are none. */
  async membershipTypes(
    organization: Organization,
    userIds: readonly UserId[],
  ): Promise<Map<string, MembershipType>> {
    return await this.#store.membershipTypes(this.#deps.database, organization.id, userIds)
  }

  async memberCount(organization: Organization): Promise<number> {
    return await this.#store.memberCount(this.#deps.database, organization.id)
  }

  /** @throws ModelError `duplicate` when name or alias is taken, `invalid` in Keycloak's words */
  async create(
    realm: Realm,
    id: OrganizationId,
    given: GivenOrganization,
    trace?: AdminTrace,
  ): Promise<void> {
    const organization = {
      ...changedOrganization(null, given),
      id,
      realmId: realm.id,
      representation: {},
    }
    await this.#deps.database.transaction(async (tx) => {
      await this.#requireFreeDomains(tx, realm, organization)
      await this.insertIn(tx, organization)
      await trace?.(tx)
    })
  }

  /** Writes an organization in the caller's transaction, for imports. @throws ModelError `duplicate` */
  async insertIn(tx: Transaction, organization: Omit<Organization, 'ver'>): Promise<void> {
    await orTaken(async () => {
      await this.#store.insert(tx, organization)
      await this.#store.replaceDomains(tx, organization)
    })
    tx.append([organizationsChanged(organization.realmId)])
  }

  /** Changes an organization under its row lock. @throws ModelError `missing`, or as `create` */
  async update(
    realm: Realm,
    id: OrganizationId,
    given: GivenOrganization,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      const present = await this.#store.lock(tx, realm.id, id)
      if (!present) throw missing()
      const next = { ...present, ...changedOrganization(present, given) }
      await this.#requireFreeDomains(tx, realm, next)
      await orTaken(async () => {
        await this.#store.update(tx, next)
        await this.#store.replaceDomains(tx, next)
      })
      tx.append([organizationsChanged(realm.id)])
      await trace?.(tx)
    })
  }

  /**
   * Removes an organization with its memberships and invitations, and unlinks its identity providers, in the caller's
   * transaction. Managed members are the caller's to remove before.
   * @throws ModelError `missing`
   */
  async removeIn(tx: Transaction, realm: Realm, organization: Organization): Promise<void> {
    if (!(await this.#store.remove(tx, realm.id, organization.id))) throw missing()
    tx.append([organizationsChanged(realm.id)])
    await this.#deps.identityProviders.unlinkAllIn(tx, realm.id, organization.id)
  }

  /** Ids of users who exist for an organization alone, as the caller's transaction sees them. */
  async managedMembersIn(tx: Transaction, organization: Organization): Promise<string[]> {
    return await this.#store.managedMembers(tx, organization.id)
  }

  /**
   * Links an identity provider of the realm with an organization, or no longer (null).
   * @throws ModelError `missing` when there is no such provider
   */
  async linkProvider(
    realm: Realm,
    alias: string,
    organizationId: OrganizationId | null,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#deps.identityProviders.linkIn(tx, realm.id, alias, organizationId)
      await trace?.(tx)
    })
  }

  async #requireFreeDomains(
    tx: Transaction,
    realm: Realm,
    { id, domains }: Pick<Organization, 'id' | 'domains'>,
  ): Promise<void> {
    const names = domains.map(({ name }) => name)
    if (names.length === 0) return
    const owners = await this.#store.domainOwners(tx, realm.id, names)
    const taken = owners.find((owner) => owner.id !== id)
    if (!taken) return
    const { name, organization } = taken
    throw new ModelError(
      'invalid',
      `Domain ${name} is already linked to organization ${organization} in realm ${realm.name}`,
    )
  }
}

function missing(): ModelError {
  return new ModelError('missing', 'Organization not found.')
}

async function orTaken(write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const { constraint = '' } = error
    if (constraint.includes('domain')) {
      throw new ModelError('invalid', 'Domain is already linked to another organization')
    }
    throw new ModelError(
      'duplicate',
      constraint.includes('alias')
        ? 'A organization with the same alias already exists'
        : 'A organization with the same name already exists.',
    )
  }
}
