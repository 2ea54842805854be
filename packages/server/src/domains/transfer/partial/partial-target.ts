import type { Clients } from '../../clients/clients.ts'
import type { Groups } from '../../groups/groups.ts'
import type { Realm } from '../../realms/realm.ts'
import type { Roles } from '../../roles/roles.ts'
import type { ClientId, RealmId } from '../../typed-ids.ts'
import { RoleIds } from '../realm-rows.ts'
import type {
  ClientExport,
  GroupRepresentation,
  RoleRepresentation,
  UserRepresentation,
} from '../representation.ts'
import type { UserImportTarget } from '../user-import.ts'
import { namedByPolicies } from './policy-names.ts'

/** The parts of a realm that a partial import may bring. */
export interface RealmParts {
  readonly users: readonly UserRepresentation[]
  readonly groups: readonly GroupRepresentation[]
  readonly roles: {
    readonly realm: readonly RoleRepresentation[]
    readonly client: Readonly<Record<string, readonly RoleRepresentation[]>>
  }
}

export interface PartialTargetDeps {
  readonly clients: Pick<Clients, 'uuidsOf'>
  readonly roles: Pick<Roles, 'list'>
  readonly groups: Pick<Groups, 'byPath'>
}

/** What the things of a partial import refer to, by name: what the realm has, then also what the import has made. */
export class PartialTarget implements UserImportTarget {
  readonly realmId: RealmId
  readonly settings: Realm['settings']
  readonly clientUuids: Map<string, string>
  readonly roleIds = new RoleIds()
  readonly groupIdsByPath = new Map<string, string>()

  private constructor(realm: Realm, clientUuids: Map<string, string>) {
    this.realmId = realm.id
    this.settings = realm.settings
    this.clientUuids = clientUuids
  }

  /** Reads what the parts name, as far as it is there. */
  static async of(
    deps: PartialTargetDeps,
    realm: Realm,
    parts: RealmParts,
    clients: readonly ClientExport[],
  ) {
    const holders = holdersIn(parts)
    const policies = namedByPolicies(clients)
    const named = new Set([
      ...clients.map(({ clientId }) => clientId),
      ...policies.clientIds,
      ...Object.keys(parts.roles.client),
      ...holders.flatMap(({ clientRoles = {} }) => Object.keys(clientRoles)),
      ...parts.users.flatMap(({ clientConsents = [] }) =>
        clientConsents.map((one) => one.clientId),
      ),
      ...parts.users.flatMap(({ serviceAccountClientId: id }) => (id === undefined ? [] : [id])),
    ])
    const target = new PartialTarget(realm, await deps.clients.uuidsOf(realm.id, [...named]))
    for (const { name, id } of await deps.roles.list({ realmId: realm.id, clientUuid: null })) {
      target.roleIds.add(null, name, id)
    }
    for (const [clientId, clientUuid] of target.clientUuids) {
      for (const { name, id } of await deps.roles.list({ realmId: realm.id, clientUuid })) {
        target.roleIds.add(clientId, name, id)
      }
    }
    const paths = parts.users.flatMap(({ groups = [] }) => groups)
    for (const path of new Set([...paths, ...policies.groupPaths].map(withSlash))) {
      const group = await deps.groups.byPath(realm.id, path)
      if (group) target.groupIdsByPath.set(path, group.id)
    }
    return target
  }

  /** A client that goes takes its roles along. */
  forgetClient(clientId: ClientId): void {
    this.clientUuids.delete(clientId)
    this.roleIds.client.delete(clientId)
  }

  /** A group that goes takes along what is nested in it. */
  forgetGroup(path: string): void {
    for (const known of [...this.groupIdsByPath.keys()]) {
      if (known === path || known.startsWith(`${path}/`)) this.groupIdsByPath.delete(known)
    }
  }
}

/** @returns everything in the parts that is given roles: users, groups with those inside, composite roles */
export function holdersIn({ users, groups, roles }: RealmParts): RoleHolder[] {
  const composites = [...roles.realm, ...Object.values(roles.client).flat()].map(
    ({ composites: given }) => ({
      realmRoles: given?.realm ?? [],
      clientRoles: given?.client ?? {},
    }),
  )
  return [...users, ...allGroups(groups), ...composites]
}

/** What is given roles, by name. */
export interface RoleHolder {
  readonly realmRoles?: readonly string[]
  readonly clientRoles?: Readonly<Record<string, readonly string[]>>
}

/** @returns the groups and all groups inside them */
export function allGroups(groups: readonly GroupRepresentation[]): GroupRepresentation[] {
  return groups.flatMap((group) => [group, ...allGroups(group.subGroups ?? [])])
}

function withSlash(path: string): string {
  return path.startsWith('/') ? path : `/${path}`
}
