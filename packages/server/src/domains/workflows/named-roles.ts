import type { Clients } from '../clients/clients.ts'
import type { Realm } from '../realms/realm.ts'
import type { Role } from '../roles/role.ts'
import type { Roles } from '../roles/roles.ts'

export interface NamedRolesDeps {
  readonly roles: Pick<Roles, 'byName'>
  readonly clients: Pick<Clients, 'byClientId'>
}

/** Roles as workflows name them: `role` of the realm, `clientId/role` of a client. */
export class NamedRoles {
  readonly #deps: NamedRolesDeps

  constructor(deps: NamedRolesDeps) {
    this.#deps = deps
  }

  async find(realm: Realm, name: string): Promise<Role | null> {
    const { roles, clients } = this.#deps
    const [first = '', second, ...more] = name.split('/')
    if (second === undefined) return await roles.byName(realm.id, null, first)
    const client = more.length > 0 ? null : await clients.byClientId(realm.id, first)
    return client === null ? null : await roles.byName(realm.id, client.id, second)
  }
}
