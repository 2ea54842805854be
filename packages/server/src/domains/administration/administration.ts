import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { Role, RoleReference } from '../roles/role.ts'
import type { ClientId } from '../typed-ids.ts'
import { adminPermissionsClientId } from './admin-permissions-schema.ts'
import { masterRoleNames } from './administration-roles.ts'

/** Name of the realm whose administrators administer all realms. */
export const masterRealmName = 'master'

/** End of the names of master's clients for the realms; nobody but the creation of a realm makes such a client there. */
const clientIdEnd = '-realm'

/** @returns whether only the server itself makes a client of that name in the realm */
export function isReservedClientId(realm: Pick<Realm, 'name'>, clientId: ClientId): boolean {
  if (clientId === adminPermissionsClientId) return true
  return realm.name === masterRealmName && clientId.endsWith(clientIdEnd)
}

/**
 * @returns whether the client's roles let somebody administer a realm. Nobody changes such a client, its roles or what
 *   they contain: what the name of a role allows would change with them.
 */
export function isAdministrationClient(
  realm: Realm,
  client: Pick<Client, 'id' | 'clientId'>,
): boolean {
  return client.id === realm.adminClients.own || isReservedClientId(realm, client.clientId)
}

/** @returns whether a role administers; a role of an administration client does whatever its name is */
export function isAdministrationRole(
  realm: Realm,
  role: Pick<Role, 'clientId' | 'clientUuid' | 'name'>,
): boolean {
  if (role.clientUuid === null) {
    return realm.name === masterRealmName && masterRoleNames.has(role.name)
  }
  return isAdministrationClient(realm, { id: role.clientUuid, clientId: role.clientId ?? '' })
}

/** Which realm the roles of a client administer. Known by the ids that the realms' rows hold, never by a name. */
export class Administration {
  readonly #realms: Pick<Realms, 'administeredThrough'>

  constructor(deps: { readonly realms: Pick<Realms, 'administeredThrough'> }) {
    this.#realms = deps.realms
  }

  /** @returns the realm that a role of a client of `realm` administers; null for an ordinary client */
  async realmBehind(realm: Realm, role: Pick<RoleReference, 'clientUuid'>): Promise<Realm | null> {
    if (role.clientUuid === null) return null
    if (role.clientUuid === realm.adminClients.own) return realm
    if (realm.name !== masterRealmName) return null
    return await this.#realms.administeredThrough(role.clientUuid)
  }
}
