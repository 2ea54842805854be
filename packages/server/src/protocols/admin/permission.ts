import type { Realm } from '../../domains/realms/realm.ts'
import { administrationRoleNames } from '../../domains/transfer/defaults/roles.ts'
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

/**
 * Says who may use an endpoint at all. What depends on the object that a request is about is asked again where the object
 * is known, by `call.permissions`.
 */
export interface Permission {
  (asked: Asked): boolean | Promise<boolean>
  /** Roles of which one lets the administrator in, where that is all there is to it; for descriptions. */
  readonly roles: readonly RealmRole[]
}

/** @returns a permission that each of these roles gives */
export function anyOf(roles: readonly RealmRole[]): Permission {
  const ask = ({ permissions }: Asked) => permissions.holdsAny(roles)
  return Object.assign(ask, { roles })
}

/** For endpoints that every administrator of a realm may use. */
export const anyAdministration: Permission = anyOf([...administrationRoleNames, 'realm-admin'])
