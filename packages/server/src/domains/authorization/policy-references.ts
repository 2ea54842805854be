import type { Clients } from '../clients/clients.ts'
import type { Groups } from '../groups/groups.ts'
import type { Realm } from '../realms/realm.ts'
import type { Roles } from '../roles/roles.ts'
import type { Users } from '../users/users.ts'
import { listOf } from './policy-config.ts'
import { type PolicySubjects, subjectSettings, withSubjectIds } from './policy-subjects.ts'

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
}

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
    return await withSubjectIds(this.subjectsOf(realm), type, config)
  }

  /** Ids become names, as exports have them; what is gone meanwhile is left out. */
  async toNames(realm: Realm, type: string, config: Config): Promise<Config> {
    const { users, clients, roles, groups } = this.#deps
    const ids = (setting: string) =>
      listOf(config[setting]).map((each) => (typeof each === 'string' ? each : (each as Named).id))
    const known = ids(subjectSettings[type] ?? '').filter((id) => id !== undefined)
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
        listOf(config[subjectSettings[type] ?? '']).map(async (each) => {
          const { id = '', ...rest } = each as Named
          const now = await name(id)
          return now && { ...now, ...rest }
        }),
      )
      return named(
        config,
        subjectSettings[type] ?? '',
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

  /** Whom policies of a realm may be about, as it is now. */
  subjectsOf(realm: Realm): PolicySubjects {
    const { clients, groups, roles, users } = this.#deps
    return {
      userId: async (given) => {
        const user =
          (await users.byId(realm.id, given)) ?? (await users.byUsername(realm.id, given))
        return user?.id ?? null
      },
      clientId: async (given) => {
        const client =
          (await clients.byId(realm.id, given)) ?? (await clients.byClientId(realm.id, given))
        return client?.id ?? null
      },
      roleId: async (given) => {
        const [clientId = '', name] = given.split('/', 2)
        const owner = name === undefined ? null : await clients.byClientId(realm.id, clientId)
        const role =
          (await roles.byId(realm.id, given)) ??
          (await roles.byName(realm.id, null, given)) ??
          (owner && name !== undefined ? await roles.byName(realm.id, owner.id, name) : null)
        return role?.id ?? null
      },
      groupId: async ({ id = '', path }) => {
        const group = path ? await groups.byPath(realm.id, path) : await groups.byId(realm.id, id)
        return group?.id ?? null
      },
      clientScopeId: async (given) =>
        realm.clientScopes.find(({ id, name }) => id === given || name === given)?.id ?? null,
    }
  }
}

function named(config: Config, setting: string, list: readonly unknown[]): Config {
  return { ...config, [setting]: JSON.stringify(list) }
}
