import type { Clients } from '../clients/clients.ts'
import type { Groups } from '../groups/groups.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Roles } from '../roles/roles.ts'
import type { Users } from '../users/users.ts'
import { listOf } from './policy-config.ts'

export interface PolicyReferencesDeps {
  readonly clients: Clients
  readonly groups: Groups
  readonly roles: Roles
  readonly users: Users
}

type Config = Readonly<Record<string, string>>
interface Named {
  readonly id?: string
  readonly path?: string
  readonly required?: boolean
  readonly extendChildren?: boolean
}

const notThere = (what: string, name: unknown) =>
  new ModelError('invalid', `${what} ${String(name).slice(0, 255)} not found`)

/**
 * Users, roles, groups, clients and client scopes that policies refer to: by id where they are kept, by id or name where
 * they are given, by name in exports.
 */
export class PolicyReferences {
  readonly #deps: PolicyReferencesDeps

  constructor(deps: PolicyReferencesDeps) {
    this.#deps = deps
  }

  /** @throws ModelError `invalid` for what is not there */
  async toIds(realm: Realm, type: string, config: Config): Promise<Config> {
    const each = async (setting: string, id: (given: unknown) => Promise<unknown>) => {
      if (config[setting] === undefined) return config
      const list = await Promise.all(listOf(config[setting]).map(id))
      return { ...config, [setting]: JSON.stringify(list) }
    }
    switch (type) {
      case 'user':
        return await each('users', (given) => this.#user(realm, String(given)))
      case 'client':
        return await each('clients', (given) => this.#client(realm, String(given)))
      case 'role':
        return await each('roles', (given) => this.#role(realm, given as Named))
      case 'group':
        return await each('groups', (given) => this.#group(realm, given as Named))
      case 'client-scope':
        return await each('clientScopes', async (given) => clientScope(realm, given as Named))
      default:
        return config
    }
  }

  /** Ids become names, as exports have them; what is gone meanwhile is left out. */
  async toNames(realm: Realm, type: string, config: Config): Promise<Config> {
    const { users, clients, roles, groups } = this.#deps
    const ids = (setting: string) =>
      listOf(config[setting]).map((each) => (typeof each === 'string' ? each : (each as Named).id))
    const known = ids(nameSettings[type] ?? '').filter((id) => id !== undefined)
    if (known.length === 0) return config
    if (type === 'user') {
      const found = await Promise.all(known.map((id) => users.byId(realm.id, id)))
      return named(
        config,
        'users',
        found.flatMap((user) => user?.username ?? []),
      )
    }
    if (type === 'client') {
      const found = new Map(
        (await clients.byIds(realm.id, known)).map(({ id, clientId }) => [id, clientId]),
      )
      return named(
        config,
        'clients',
        known.flatMap((id) => found.get(id) ?? []),
      )
    }
    const rename = async (name: (id: string) => Promise<Named | undefined>) => {
      const list = await Promise.all(
        listOf(config[nameSettings[type] ?? '']).map(async (each) => {
          const { id = '', ...rest } = each as Named
          const now = await name(id)
          return now && { ...now, ...rest }
        }),
      )
      return named(
        config,
        nameSettings[type] ?? '',
        list.filter((each) => each !== undefined),
      )
    }
    if (type === 'role') {
      return await rename(async (id) => {
        const role = await roles.byId(realm.id, id)
        return role
          ? { id: role.clientId ? `${role.clientId}/${role.name}` : role.name }
          : undefined
      })
    }
    if (type === 'group') {
      return await rename(async (id) => {
        const group = await groups.byId(realm.id, id)
        return group ? { path: group.path } : undefined
      })
    }
    return await rename(async (id) => {
      const scope = realm.clientScopes.find((each) => each.id === id)
      return scope ? { id: scope.name } : undefined
    })
  }

  async #user(realm: Realm, given: string): Promise<string> {
    const { users } = this.#deps
    const user = (await users.byId(realm.id, given)) ?? (await users.byUsername(realm.id, given))
    if (!user) throw notThere('User', given)
    return user.id
  }

  async #client(realm: Realm, given: string): Promise<string> {
    const { clients } = this.#deps
    const client =
      (await clients.byId(realm.id, given)) ?? (await clients.byClientId(realm.id, given))
    if (!client) throw notThere('Client', given)
    return client.id
  }

  /** `name` of a realm role, `client/name`, or an id; one that is not there stays as it is, as in Keycloak. */
  async #role(realm: Realm, { id: given = '', required = false }: Named): Promise<Named> {
    const { roles, clients } = this.#deps
    const [clientId = '', name] = given.split('/', 2)
    const owner = name === undefined ? null : await clients.byClientId(realm.id, clientId)
    const role =
      (await roles.byId(realm.id, given)) ??
      (await roles.byName(realm.id, null, given)) ??
      (owner && name !== undefined ? await roles.byName(realm.id, owner.id, name) : null)
    return { id: role?.id ?? given, required }
  }

  async #group(realm: Realm, given: Named): Promise<Named> {
    const { groups } = this.#deps
    const { id, path, extendChildren = false } = given
    const group = path ? await groups.byPath(realm.id, path) : await groups.byId(realm.id, id ?? '')
    return group ? { id: group.id, extendChildren } : { ...given, extendChildren }
  }
}

const nameSettings: Readonly<Record<string, string>> = {
  user: 'users',
  client: 'clients',
  role: 'roles',
  group: 'groups',
  'client-scope': 'clientScopes',
}

function named(config: Config, setting: string, list: readonly unknown[]): Config {
  return { ...config, [setting]: JSON.stringify(list) }
}

function clientScope(realm: Realm, { id: given = '', required = false }: Named): Named {
  const scope = realm.clientScopes.find(({ id, name }) => id === given || name === given)
  if (!scope) throw notThere('Client scope', given)
  return { id: scope.id, required }
}
