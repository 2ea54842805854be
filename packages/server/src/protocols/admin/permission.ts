import { masterRealmName } from '../../domains/administration/administration.ts'
import {
  administrationRoleNames,
  masterRoleNames,
  realmAdminName,
} from '../../domains/administration/administration-roles.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Administrator, RealmRole } from './administrator.ts'
import type { Permissions } from './permissions.ts'

/** What a permission is asked about, before anything of the body is read. */
export interface Asked {
  readonly administrator: Administrator
  readonly realm: Realm
  readonly permissions: Permissions
  /** Path parameters, decoded; nothing says yet that what they name exists. */
  readonly params: Readonly<Record<string, string>>
}

type Question = (asked: Asked) => boolean | Promise<boolean>

/**
 * Says who may use an endpoint, from the roles held and from what the path names. What depends on the body is asked where
 * the body is known, by `call.permissions`.
 */
export interface Permission {
  (asked: Asked): boolean | Promise<boolean>
  /** One of these roles is needed; for descriptions. */
  readonly roles: readonly RealmRole[]
}

/** @returns a permission that each of these roles gives */
export function anyOf(roles: readonly RealmRole[]): Permission {
  const ask: Question = ({ permissions }) => permissions.holdsAny(roles)
  return Object.assign(ask, { roles })
}

/** @returns a permission that one of these roles gives where the question is answered with yes */
export function anyOfWhere(roles: readonly RealmRole[], question: Question): Permission {
  const ask: Question = async (asked) =>
    asked.permissions.holdsAny(roles) && (await question(asked))
  return Object.assign(ask, { roles })
}

const administration = [...administrationRoleNames, realmAdminName] as const

/** For endpoints that every administrator of a realm may use; who may only impersonate administers nothing. */
export const anyAdministration: Permission = anyOf(
  administration.filter((name) => name !== 'impersonation'),
)

/** For what not even that needs. */
export const anyRole: Permission = anyOf(administration)

export const viewsClients: Permission = anyOf(['view-clients', 'manage-clients'])

/** To change the client in the path: `containerUuid`, where `clientUuid` names an owner of roles, otherwise `clientUuid`. */
export const managesClient: Permission = anyOfWhere(
  ['manage-clients'],
  async ({ permissions, params: { containerUuid, clientUuid } }) =>
    await permissions.may('manage', 'client', containerUuid ?? clientUuid),
)

export const viewsRealm: Permission = anyOf(['view-realm', 'manage-realm'])

/** Flows are chosen for clients, too. */
export const listsFlows: Permission = anyOf([
  'view-realm',
  'manage-realm',
  'view-clients',
  'query-clients',
])

/** To make realm roles, or change the one that `roleName` in the path names. */
export const managesRealmRole: Permission = anyOfWhere(
  ['manage-realm'],
  ({ realm, params: { roleName } }) =>
    realm.name !== masterRealmName || roleName === undefined || !masterRoleNames.has(roleName),
)
