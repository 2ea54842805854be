import type { AdminAnswer, AdminSession } from '../admin/administrator.ts'

type Json = Record<string, unknown>

/** A permission for administrators: what it is about, what it allows, whom it names, and whether it permits or denies. */
export interface GivenPermission {
  readonly type: string
  readonly scopes: readonly string[]
  /** Names in the world; absent = all of the type. */
  readonly of?: readonly string[]
  readonly denies?: boolean
}

/** Roles and permissions that the administrator is given, and what that lets them do. */
export interface FineGrainedCase {
  readonly name: string
  readonly roles: readonly string[]
  readonly permissions: readonly GivenPermission[]
}

const password = 'secret-1'
const query = ['query-users', 'query-groups', 'query-clients', 'query-organizations']
const users = (scopes: readonly string[], of?: readonly string[]): GivenPermission => ({
  type: 'Users',
  scopes,
  ...(of ? { of } : {}),
})
const about = (type: string, scopes: readonly string[], of?: readonly string[]) => ({
  ...users(scopes, of),
  type,
})

/** What a partial administrator is given, one after the other. */
export const fineGrainedCases: readonly FineGrainedCase[] = [
  { name: 'nothing', roles: [], permissions: [] },
  { name: 'questions', roles: query, permissions: [] },
  { name: 'view one without questions', roles: [], permissions: [users(['view'], ['u1'])] },
  ...(
    [
      ['view one', users(['view'], ['u1'])],
      ['view all', users(['view'])],
      ['manage one', users(['manage'], ['u1'])],
      ['view and manage all', users(['view', 'manage'])],
      ['reset password', users(['reset-password'], ['u1'])],
      ['map roles alone', users(['map-roles'], ['u1'])],
      ['map roles', users(['map-roles'], ['u1']), about('Roles', ['map-role'], ['r1'])],
      ['map a role alone', about('Roles', ['map-role'], ['r1'])],
      ['map client roles', users(['map-roles'], ['u1']), about('Clients', ['map-roles'], ['c1'])],
      ['membership alone', users(['manage-group-membership'], ['u1'])],
      [
        'membership',
        users(['manage-group-membership'], ['u1']),
        about('Groups', ['manage-membership'], ['g1']),
      ],
      ['view a group', about('Groups', ['view'], ['g1'])],
      ['view members', about('Groups', ['view-members'], ['g1'])],
      ['view members of all groups', about('Groups', ['view-members'])],
      ['manage a group', about('Groups', ['manage'], ['g1'])],
      ['manage members', about('Groups', ['manage-members'], ['g1'])],
      ['manage all groups', about('Groups', ['manage'])],
      ['view a client', about('Clients', ['view'], ['c1'])],
      ['manage a client', about('Clients', ['manage'], ['c1'])],
      ['manage all clients', about('Clients', ['manage'])],
      [
        'scope of a client',
        about('Clients', ['manage'], ['c1']),
        about('Roles', ['map-role-client-scope'], ['r1']),
      ],
      ['view an organization', about('Organizations', ['view'], ['o1'])],
      ['manage an organization', about('Organizations', ['manage'], ['o1'])],
      ['view all but one', users(['view']), { ...users(['view'], ['u1']), denies: true }],
      [
        'view members but one',
        about('Groups', ['view-members'], ['g1']),
        { ...users(['view'], ['u1']), denies: true },
      ],
    ] as const
  ).map(([name, ...permissions]) => ({ name, roles: query, permissions })),
  {
    name: 'a role wins',
    roles: ['view-users'],
    permissions: [{ ...users(['view'], ['u1']), denies: true }],
  },
]

interface Probe {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const probe = (name: string, method: string, path: string, body?: unknown): Probe => ({
  name,
  method,
  path,
  ...(body === undefined ? {} : { body }),
})

/** A realm with few of everything, in which one administrator asks for the same things again and again. */
export class FineGrainedWorld {
  readonly #admin: AdminSession
  readonly #signIn: () => Promise<AdminSession>
  readonly #realm: string
  readonly #ids = new Map<string, string>()
  #permissions = 0

  constructor(admin: AdminSession, realm: string, signIn: () => Promise<AdminSession>) {
    this.#admin = admin
    this.#signIn = signIn
    this.#realm = `/admin/realms/${realm}`
  }

  /** How the administrator signs in. */
  static readonly administrator = { username: 'partial', password }

  /** Where the realm's permissions are kept, below the realm. */
  get server(): string {
    return `/clients/${this.id('admin-permissions')}/authz/resource-server`
  }

  id(name: string): string {
    return this.#ids.get(name) ?? name
  }

  async make(): Promise<void> {
    await this.#send('DELETE', '')
    const realm = this.#realm.split('/').at(-1)
    await this.#admin.send('/admin/realms', {
      method: 'POST',
      body: {
        realm,
        enabled: true,
        adminPermissionsEnabled: true,
        organizationsEnabled: true,
        accessTokenLifespan: 3_600,
      },
    })
    const person = (username: string) => ({
      username,
      enabled: true,
      email: `${username}@example.org`,
      firstName: 'First',
      lastName: 'Last',
      credentials: [{ type: 'password', value: password }],
    })
    await this.#made('partial', '/users', person('partial'))
    for (const name of ['u1', 'u2', 'u3']) await this.#made(name, '/users', person(`user-${name}`))
    await this.#made('g1', '/groups', { name: 'g1' })
    await this.#made('g11', `/groups/${this.id('g1')}/children`, { name: 'g11' })
    await this.#made('g2', '/groups', { name: 'g2' })
    for (const [user, group] of ['u1 g1', 'u2 g11', 'u3 g2'].map((pair) => pair.split(' '))) {
      await this.#send('PUT', `/users/${this.id(user ?? '')}/groups/${this.id(group ?? '')}`)
    }
    for (const clientId of ['c1', 'c2']) await this.#made(clientId, '/clients', { clientId })
    for (const name of ['r1', 'r2']) {
      await this.#send('POST', '/roles', { name })
      await this.#know(name, `/roles/${name}`)
    }
    await this.#send('POST', `/clients/${this.id('c1')}/roles`, { name: 'cr1' })
    await this.#know('cr1', `/clients/${this.id('c1')}/roles/cr1`)
    for (const name of ['o1', 'o2']) {
      await this.#made(name, '/organizations', { name, domains: [{ name: `${name}.example` }] })
    }
    for (const clientId of ['admin-permissions', 'realm-management']) {
      const found = (await this.#send('GET', `/clients?clientId=${clientId}`)).body as [Json]
      this.#ids.set(clientId, String(found[0]['id']))
    }
    const yes = { name: 'is-partial', users: [this.id('partial')] }
    await this.#send('POST', `${this.server}/policy/user`, yes)
    await this.#send('POST', `${this.server}/policy/user`, {
      ...yes,
      name: 'is-not-partial',
      logic: 'NEGATIVE',
    })
  }

  async unmake(): Promise<void> {
    await this.#send('DELETE', '')
  }

  /** @returns what each request is answered with when the administrator is given this, by the name of the request */
  async play({ roles, permissions }: FineGrainedCase): Promise<Record<string, string>> {
    await this.#give(roles, permissions)
    const partial = await this.#signIn()
    const answers: Record<string, string> = {}
    for (const { name, method, path, body } of this.#probes()) {
      const answer = await partial.send(`${this.#realm}${path}`, {
        method,
        ...(body === undefined ? {} : { body }),
      })
      answers[name] = `${answer.status}${method === 'GET' ? this.#shown(answer) : ''}`
      await this.#undo(name, path, body, answer)
    }
    return answers
  }

  async #give(roles: readonly string[], permissions: readonly GivenPermission[]): Promise<void> {
    const present = await this.#send('GET', `${this.server}/permission?first=0&max=100`)
    for (const { id } of present.body as { id: string }[]) {
      await this.#send('DELETE', `${this.server}/permission/scope/${id}`)
    }
    const management = this.id('realm-management')
    const all = (await this.#send('GET', `/clients/${management}/roles`)).body as Json[]
    const mappings = `/users/${this.id('partial')}/role-mappings/clients/${management}`
    await this.#send('DELETE', mappings, all)
    const given = all.filter(({ name }) => roles.includes(String(name)))
    if (given.length > 0) await this.#send('POST', mappings, given)
    for (const { type, scopes, of, denies } of permissions) {
      this.#permissions += 1
      const answer = await this.#send('POST', `${this.server}/permission/scope`, {
        name: `permission-${this.#permissions}`,
        resourceType: type,
        scopes,
        policies: [denies ? 'is-not-partial' : 'is-partial'],
        ...(of ? { resources: of.map((name) => this.id(name)) } : {}),
      })
      if (answer.status !== 201) throw new Error(`no permission: ${JSON.stringify(answer.body)}`)
    }
  }

  #probes(): Probe[] {
    const id = (name: string) => this.id(name)
    const [u1, u3, g1, g2] = [id('u1'), id('u3'), id('g1'), id('g2')]
    const [c1, o1] = [id('c1'), id('o1')]
    const role = (name: string) => [{ id: id(name), name }]
    return [
      probe('list users', 'GET', '/users'),
      probe('count users', 'GET', '/users/count'),
      probe('search users', 'GET', '/users?search=user'),
      probe('see u1', 'GET', `/users/${u1}`),
      probe('see u2', 'GET', `/users/${id('u2')}`),
      probe('change u1', 'PUT', `/users/${u1}`, { firstName: 'Other' }),
      probe('change u3', 'PUT', `/users/${u3}`, { firstName: 'Other' }),
      probe('make user', 'POST', '/users', { username: 'made-user' }),
      probe('reset password', 'PUT', `/users/${u1}/reset-password`, {
        type: 'password',
        value: password,
      }),
      probe('map r1', 'POST', `/users/${u1}/role-mappings/realm`, role('r1')),
      probe('map r2', 'POST', `/users/${u1}/role-mappings/realm`, role('r2')),
      probe('map cr1', 'POST', `/users/${u1}/role-mappings/clients/${c1}`, role('cr1')),
      probe('see roles', 'GET', `/users/${u1}/role-mappings/realm`),
      probe('join g1', 'PUT', `/users/${u1}/groups/${g1}`),
      probe('join g2', 'PUT', `/users/${u1}/groups/${g2}`),
      probe('see groups', 'GET', `/users/${u1}/groups`),
      probe('see credentials', 'GET', `/users/${u1}/credentials`),
      probe('sign out', 'POST', `/users/${u1}/logout`),
      probe('list groups', 'GET', '/groups'),
      probe('see g1', 'GET', `/groups/${g1}`),
      probe('see g11', 'GET', `/groups/${id('g11')}`),
      probe('list children', 'GET', `/groups/${g1}/children`),
      probe('list members', 'GET', `/groups/${g1}/members`),
      probe('change g1', 'PUT', `/groups/${g1}`, { name: 'g1' }),
      probe('make group', 'POST', '/groups', { name: 'made-group' }),
      probe('make child', 'POST', `/groups/${g1}/children`, { name: 'made-child' }),
      probe('map role of group', 'POST', `/groups/${g1}/role-mappings/realm`, role('r1')),
      probe('list clients', 'GET', '/clients'),
      probe('see c1', 'GET', `/clients/${c1}`),
      probe('see c2', 'GET', `/clients/${id('c2')}`),
      probe('change c1', 'PUT', `/clients/${c1}`, { name: 'Other' }),
      probe('make client', 'POST', '/clients', { clientId: 'made-client' }),
      probe('list roles of c1', 'GET', `/clients/${c1}/roles`),
      probe('make role of c1', 'POST', `/clients/${c1}/roles`, { name: 'made-role' }),
      probe('scope of c1', 'POST', `/clients/${c1}/scope-mappings/realm`, role('r1')),
      probe('list roles', 'GET', '/roles'),
      probe('change role', 'PUT', '/roles/r1', { name: 'r1' }),
      probe('compose', 'POST', '/roles/r1/composites', role('r2')),
      probe('list organizations', 'GET', '/organizations'),
      probe('see o1', 'GET', `/organizations/${o1}`),
      probe('see o2', 'GET', `/organizations/${id('o2')}`),
      probe('members of o1', 'GET', `/organizations/${o1}/members`),
    ]
  }

  /** Names of what a list shows, or what may be done with a single thing. */
  #shown({ status, body }: AdminAnswer): string {
    if (status !== 200) return ''
    if (typeof body === 'number') return ` ${body}`
    if (Array.isArray(body)) {
      const names = (body as Json[]).map(({ id, username, clientId, name, type }) => {
        const known = [...this.#ids].find(([, each]) => each === id)?.[0]
        return String(known ?? username ?? clientId ?? name ?? type)
      })
      return ` [${names.sort().join(' ')}]`
    }
    const access = Object.entries((body as { access?: Json }).access ?? {})
    const held = access.filter(([, allowed]) => allowed === true).map(([name]) => name)
    return ` {${held.sort().join(' ')}}`
  }

  async #undo(name: string, path: string, body: unknown, answer: AdminAnswer): Promise<void> {
    const location = answer.headers.get('location')
    if (answer.status === 201 && location) {
      await this.#admin.send(new URL(location).pathname, { method: 'DELETE' })
    } else if (answer.status === 204 && /^(?:map|scope|compose)/.test(name)) {
      await this.#send('DELETE', path, body)
    } else if (answer.status === 204 && name === 'join g2') await this.#send('DELETE', path)
  }

  async #made(name: string, path: string, body: unknown): Promise<void> {
    const answer = await this.#send('POST', path, body)
    const location = answer.headers.get('location')
    if (!location) throw new Error(`${name} was not made: ${JSON.stringify(answer.body)}`)
    this.#ids.set(name, location.split('/').at(-1) ?? '')
  }

  async #know(name: string, path: string): Promise<void> {
    this.#ids.set(name, String(((await this.#send('GET', path)).body as Json)['id']))
  }

  async #send(method: string, path: string, body?: unknown): Promise<AdminAnswer> {
    return await this.#admin.send(`${this.#realm}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
    })
  }
}
