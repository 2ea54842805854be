import { newUuid } from '../../shared/random.ts'
import type { Client, ClientRepresentation } from '../clients/client.ts'
import type { NewGroup } from '../groups/group-store.ts'
import { changedOrganization } from '../organizations/given-organization.ts'
import type { Organization } from '../organizations/organization.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ClientScope, ProtocolMapper, RealmSettings } from '../realms/realm.ts'
import { isKeptWithRealm } from '../realms/realm-members.ts'
import type { NewRole } from '../roles/role-store.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'
import type { CompleteRealm } from './complete-representation.ts'
import type {
  GroupRepresentation,
  OrganizationExport,
  RoleRepresentation,
} from './representation.ts'

type OrganizationToInsert = Omit<Organization, 'ver'>

/** Pairs of ids for a table that joins two others. */
export type Pairs = (readonly [string, string])[]

/** @returns the members of the representation that the realm's row holds */
export function settingsOf(realm: CompleteRealm): RealmSettings {
  const members = Object.entries(realm).filter(([name]) => isKeptWithRealm(name))
  return Object.fromEntries(members) as RealmSettings
}

/** @returns the organization that names an identity provider; in its row the provider names the organization */
export function organizationOf(
  { organizations }: CompleteRealm,
  providerAlias: unknown,
): string | undefined {
  const owner = organizations?.find(({ identityProviders }) =>
    identityProviders?.some(({ alias }) => alias === providerAlias),
  )
  return owner?.id
}

/**
 * @returns an organization of a representation as a row, its members and groups apart
 * @throws ModelError `invalid` for what nobody may make either
 */
export function organizationRow(realmId: RealmId, given: OrganizationExport): OrganizationToInsert {
  const { id, name, alias, enabled, description, redirectUrl, attributes, domains, ...rest } = given
  const { members: _, identityProviders: __, groups: ___, ...representation } = rest
  const members = { name, alias, enabled, description, redirectUrl, attributes, domains }
  return { id, realmId, ...changedOrganization(null, members), representation }
}

/** @returns client scopes with ids for themselves and their mappers */
export function clientScopeRows(realm: CompleteRealm): Omit<ClientScope, 'realmId' | 'ver'>[] {
  return (realm.clientScopes ?? []).map((scope) => ({
    ...scope,
    id: scope.id ?? newUuid(),
    protocol: scope.protocol ?? 'openid-connect',
    attributes: scope.attributes ?? {},
    protocolMappers: withIds(scope.protocolMappers ?? []),
  }))
}

/** @returns clients as rows; every one has an id already */
export function clientRows(realm: CompleteRealm): Omit<Client, 'ver'>[] {
  return realm.clients.map(({ id, clientId, enabled, ...representation }) => {
    const stored: ClientRepresentation = { ...representation }
    if (stored.protocolMappers) stored.protocolMappers = withIds(stored.protocolMappers)
    return {
      id: id ?? newUuid(),
      realmId: realm.id,
      clientId,
      enabled: enabled ?? true,
      representation: stored,
    }
  })
}

/** Gives an id to each mapper that came without. */
function withIds(mappers: readonly ProtocolMapper[]): ProtocolMapper[] {
  return mappers.map((mapper) => ({ ...mapper, id: mapper.id ?? newUuid() }))
}

/** Roles of a realm by name, for everything that refers to them. */
export class RoleIds {
  readonly realm = new Map<string, string>()
  readonly client = new Map<string, Map<string, string>>()

  /** @throws ModelError `invalid` when there is no such role */
  ofRealm(name: string): string {
    const id = this.realm.get(name)
    if (id === undefined) throw new ModelError('invalid', `Unable to find realm role: ${name}`)
    return id
  }

  /** @throws ModelError `invalid` when there is no such role */
  ofClient(clientId: ClientId, name: string): string {
    const id = this.client.get(clientId)?.get(name)
    if (id === undefined) {
      throw new ModelError('invalid', `Unable to find client role: ${clientId} ${name}`)
    }
    return id
  }

  /** @param clientId null for a realm role */
  add(clientId: ClientId | null, name: string, id: string): void {
    if (clientId === null) {
      this.realm.set(name, id)
      return
    }
    const names = this.client.get(clientId) ?? new Map<string, string>()
    this.client.set(clientId, names.set(name, id))
  }
}

/**
 * @param clientUuids internal ids by `clientId`
 * @returns rows of all realm and client roles, and their ids by name
 */
export function roleRows(
  roles: CompleteRealm['roles'],
  clientUuids: ReadonlyMap<string, string>,
): { rows: NewRole[]; ids: RoleIds } {
  const ids = new RoleIds()
  const rows: NewRole[] = []
  const add = (
    role: RoleRepresentation,
    clientId: ClientId | null,
    clientUuid: ClientUuid | null,
  ) => {
    const id = role.id ?? newUuid()
    ids.add(clientId, role.name, id)
    rows.push({
      id,
      clientUuid,
      name: role.name,
      description: role.description ?? null,
      attributes: role.attributes ?? {},
    })
  }
  for (const role of roles.realm) add(role, null, null)
  for (const [clientId, ofClient] of Object.entries(roles.client)) {
    const clientUuid = clientUuids.get(clientId)
    if (clientUuid === undefined) {
      if (ofClient.length === 0) continue
      throw new ModelError('invalid', `App doesn't exist in role definitions: ${clientId}`)
    }
    for (const role of ofClient) add(role, clientId, clientUuid)
  }
  return { rows, ids }
}

/** @returns pairs (composite, child) of all roles */
export function compositePairs(roles: CompleteRealm['roles'], ids: RoleIds): Pairs {
  const pairs: Pairs = []
  const add = (id: string, role: RoleRepresentation) => {
    for (const name of role.composites?.realm ?? []) pairs.push([id, ids.ofRealm(name)])
    for (const [clientId, names] of Object.entries(role.composites?.client ?? {})) {
      for (const name of names) pairs.push([id, ids.ofClient(clientId, name)])
    }
  }
  for (const role of roles.realm) add(ids.ofRealm(role.name), role)
  for (const [clientId, ofClient] of Object.entries(roles.client)) {
    for (const role of ofClient) add(ids.ofClient(clientId, role.name), role)
  }
  return pairs
}

/** @returns pairs (id of client or client scope, role) */
export function scopeMappingPairs(
  realm: CompleteRealm,
  clientUuids: ReadonlyMap<string, string>,
  scopeIds: ReadonlyMap<string, string>,
  ids: RoleIds,
): Pairs {
  const container = (mapping: { client?: string; clientScope?: string }) =>
    mapping.client !== undefined
      ? clientUuids.get(mapping.client)
      : scopeIds.get(mapping.clientScope ?? '')
  const pairs: Pairs = []
  for (const mapping of realm.scopeMappings ?? []) {
    const id = container(mapping)
    if (id) for (const name of mapping.roles) pairs.push([id, ids.ofRealm(name)])
  }
  for (const [owner, mappings] of Object.entries(realm.clientScopeMappings ?? {})) {
    for (const mapping of mappings) {
      const id = container(mapping)
      if (id) for (const name of mapping.roles) pairs.push([id, ids.ofClient(owner, name)])
    }
  }
  return pairs
}

/** @returns the tree of groups as rows, parents first, with their role mappings and ids by path */
export function groupRows(groups: readonly GroupRepresentation[], ids: RoleIds) {
  const rows: NewGroup[] = []
  const rolePairs: Pairs = []
  const idsByPath = new Map<string, string>()
  const visit = (group: GroupRepresentation, parentId: string | null, above: string) => {
    const id = group.id ?? newUuid()
    const path = `${above}/${group.name}`
    idsByPath.set(path, id)
    rows.push({
      id,
      parentId,
      name: group.name,
      description: group.description ?? null,
      attributes: group.attributes ?? {},
    })
    for (const role of group.realmRoles ?? []) rolePairs.push([id, ids.ofRealm(role)])
    for (const [clientId, names] of Object.entries(group.clientRoles ?? {})) {
      for (const role of names) rolePairs.push([id, ids.ofClient(clientId, role)])
    }
    for (const child of group.subGroups ?? []) visit(child, id, path)
  }
  for (const group of groups) visit(group, null, '')
  return { rows, rolePairs, idsByPath }
}
