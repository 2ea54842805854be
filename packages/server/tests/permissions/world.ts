import { AdminSession } from '../admin/administrator.ts'

/** Roles of the client that administers a realm, as Keycloak 26.7 has them. */
const partialRoles = [
  'create-client',
  'impersonation',
  'manage-authorization',
  'manage-clients',
  'manage-events',
  'manage-identity-providers',
  'manage-organizations',
  'manage-realm',
  'manage-users',
  'query-clients',
  'query-groups',
  'query-organizations',
  'query-realms',
  'query-users',
  'view-authorization',
  'view-clients',
  'view-events',
  'view-identity-providers',
  'view-organizations',
  'view-realm',
  'view-users',
]

/** The realm that is administered. */
export const realmName = 'frame-matrix'
/** One that its administrators have nothing to do with. */
export const otherName = 'frame-other'
const password = 'frame-secret-1'

/** Who holds what: `own/{role}` in the realm itself, `master/{role}` for it in master. */
export const everybody: readonly string[] = [
  ...[...partialRoles, 'realm-admin', 'nobody'].map((role) => `own/${role}`),
  ...partialRoles.map((role) => `master/${role}`),
  'master/create-realm',
]

const kinds = [
  'user',
  'client',
  'clientRole',
  'realmRole',
  'group',
  'clientScope',
  'component',
  'flow',
  'clientMapper',
  'scopeMapper',
]

function victimId(kind: number, who: number): string {
  const part = (value: number) => String(value).padStart(4, '0')
  return `f7a3e000-${part(kind)}-4000-8000-00000000${part(who)}`
}

/** @returns what `{name}` stands for in the cases of somebody */
function victimsOf(who: string): Record<string, string> {
  const index = everybody.indexOf(who)
  const short = who.replace('/', '-')
  return {
    who: short,
    idp: `idp-${short}`,
    ...Object.fromEntries(kinds.map((kind, at) => [kind, victimId(at, index)])),
  }
}

function representation(realm: string, people: readonly string[]) {
  const victims = people.map(victimsOf)
  const administrators = [...partialRoles, 'realm-admin', 'nobody'].map((role) => ({
    username: role,
    email: `${role}@example.org`,
    firstName: 'A',
    lastName: 'B',
    enabled: true,
    credentials: [{ type: 'password', value: password }],
    clientRoles: role === 'nobody' ? {} : { 'realm-management': [role] },
  }))
  return {
    realm,
    enabled: true,
    organizationsEnabled: true,
    roles: {
      realm: [
        { name: 'other' },
        {
          name: 'admin-composite',
          composite: true,
          composites: { client: { 'realm-management': ['realm-admin'] } },
        },
        ...victims.flatMap(({ realmRole, who }) => [
          { id: realmRole, name: `role-${who}` },
          { name: `second-${who}` },
        ]),
      ],
      client: Object.fromEntries(
        victims.map(({ clientRole, who }) => [
          `app-${who}`,
          [{ id: clientRole, name: `client-role-${who}` }, { name: `second-${who}` }],
        ]),
      ),
    },
    clients: victims.map(({ client, clientMapper, who }) => ({
      id: client,
      clientId: `app-${who}`,
      secret: 'secret',
      fullScopeAllowed: false,
      protocolMappers: [mapperOf(clientMapper)],
    })),
    clientScopes: victims.map(({ clientScope, scopeMapper, who }) => ({
      id: clientScope,
      name: `scope-${who}`,
      protocol: 'openid-connect',
      protocolMappers: [mapperOf(scopeMapper)],
    })),
    groups: [
      ...victims.map(({ group, who }) => ({ id: group, name: `group-${who}` })),
      { name: 'administrators', clientRoles: { 'realm-management': ['realm-admin'] } },
    ],
    components: {
      'org.keycloak.keys.KeyProvider': victims.map(({ component, who }) => ({
        id: component,
        name: `hmac-${who}`,
        providerId: 'hmac-generated',
        subComponents: {},
        config: { priority: ['-100'] },
      })),
    },
    identityProviders: victims.map(({ idp }) => ({
      alias: idp,
      providerId: 'oidc',
      enabled: true,
      config: {},
    })),
    users: [
      ...administrators,
      ...victims.map(({ user, who }) => ({ id: user, username: `victim-${who}`, enabled: true })),
    ],
  }
}

function mapperOf(id: string | undefined) {
  return {
    id,
    name: 'present',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-hardcoded-claim-mapper',
    config: { 'claim.name': 'a', 'claim.value': 'b' },
  }
}

interface Named {
  readonly id: string
  readonly name: string
}

/** Two realms, an administrator for every partial role, and for each of them things that may be destroyed. */
export class World {
  readonly origin: string
  readonly #admin: () => Promise<AdminSession>
  readonly #people: readonly string[]
  #shared: Record<string, string> = {}

  /**
   * @param admin a session of master's administrator, fresh
   * @param people who is to have things that may be destroyed
   */
  constructor(
    origin: string,
    admin: () => Promise<AdminSession>,
    people: readonly string[] = everybody,
  ) {
    this.origin = origin
    this.#admin = admin
    this.#people = people
  }

  async make(): Promise<void> {
    const admin = await this.#admin()
    for (const realm of [realmName, otherName]) {
      const body =
        realm === realmName ? representation(realm, this.#people) : { realm, enabled: true }
      await expectStatus(admin, 'POST', '/admin/realms', 201, body)
    }
    await this.#makeFlows()
    await this.#makeMasterUsers()
    this.#shared = await this.#sharedIds()
  }

  /** Takes everything away that `make` made, and what a former run left. */
  async unmake(): Promise<void> {
    const admin = await this.#admin()
    for (const realm of [realmName, otherName]) {
      await admin.send(`/admin/realms/${realm}`, { method: 'DELETE' })
    }
    const found = await admin.send('/admin/realms/master/users?username=frame-matrix-&max=100')
    for (const { id } of found.body as Named[]) {
      await admin.send(`/admin/realms/master/users/${id}`, { method: 'DELETE' })
    }
  }

  /** @returns a session of somebody */
  async session(who: string): Promise<AdminSession> {
    const [place = '', role = ''] = who.split('/')
    return place === 'own'
      ? await AdminSession.open(this.origin, realmName, { username: role, password })
      : await AdminSession.open(this.origin, 'master', { username: masterName(role), password })
  }

  /** Puts the ids of somebody's victims into a path or body. */
  filled<T>(value: T, who: string): T {
    const names = { ...this.#shared, ...victimsOf(who) }
    const text = JSON.stringify(value).replace(
      /\{(\w+)\}/g,
      (all, name: string) => names[name as keyof typeof names] ?? all,
    )
    return JSON.parse(text) as T
  }

  /** Flows are made one by one: an import that names some has to name all. */
  async #makeFlows(): Promise<void> {
    const admin = await this.#admin()
    for (const who of this.#people) {
      const { who: short } = victimsOf(who)
      const body = {
        alias: `flow-${short}`,
        providerId: 'basic-flow',
        topLevel: true,
        builtIn: false,
      }
      await admin.send(`/admin/realms/${realmName}/authentication/flows`, { method: 'POST', body })
    }
  }

  async #makeMasterUsers(): Promise<void> {
    const admin = await this.#admin()
    const client = await idOf(admin, `/admin/realms/master/clients?clientId=${realmName}-realm`)
    const roles = await admin.send(`/admin/realms/master/clients/${client}/roles`)
    const byName = new Map((roles.body as Named[]).map((role) => [role.name, role]))
    for (const who of this.#people.filter((each) => each.startsWith('master/'))) {
      const name = who.slice('master/'.length)
      const username = masterName(name)
      const credentials = [{ type: 'password', value: password }]
      const user = { username, email: `${username}@example.org`, firstName: 'A', lastName: 'B' }
      await expectStatus(admin, 'POST', '/admin/realms/master/users', 201, {
        ...user,
        enabled: true,
        credentials,
      })
      const id = await idOf(admin, `/admin/realms/master/users?exact=true&username=${username}`)
      const mappings = `/admin/realms/master/users/${id}/role-mappings`
      const role = byName.get(name)
      if (role) await expectStatus(admin, 'POST', `${mappings}/clients/${client}`, 204, [role])
      else {
        const ofRealm = await admin.send(`/admin/realms/master/roles/${name}`)
        await expectStatus(admin, 'POST', `${mappings}/realm`, 204, [ofRealm.body])
      }
    }
  }

  async #sharedIds(): Promise<Record<string, string>> {
    const admin = await this.#admin()
    const below = `/admin/realms/${realmName}`
    const administration = await idOf(admin, `${below}/clients?clientId=realm-management`)
    const ofClient = (name: string) => `${below}/clients/${administration}/roles/${name}`
    const flows = await admin.send(`${below}/authentication/flows`)
    return {
      administration,
      administrationId: 'realm-management',
      viewUsers: await idOf(admin, ofClient('view-users')),
      realmAdmin: await idOf(admin, ofClient('realm-admin')),
      otherRole: await idOf(admin, `${below}/roles/other`),
      adminComposite: await idOf(admin, `${below}/roles/admin-composite`),
      defaultRole: await idOf(admin, `${below}/roles/default-roles-${realmName}`),
      administrators: await idOf(admin, `${below}/groups?search=administrators`),
      ...Object.fromEntries(
        (flows.body as { alias: string; id: string }[]).map(({ alias, id }) => [alias, id]),
      ),
    }
  }
}

function masterName(role: string): string {
  return `frame-matrix-${role}`
}

async function idOf(admin: AdminSession, path: string): Promise<string> {
  const { body } = await admin.send(path)
  const [first] = [body].flat() as Named[]
  if (!first?.id) throw new Error(`nothing at ${path}: ${JSON.stringify(body)}`)
  return first.id
}

async function expectStatus(
  admin: AdminSession,
  method: string,
  path: string,
  status: number,
  body: unknown,
): Promise<void> {
  const answer = await admin.send(path, { method, body })
  if (answer.status !== status) {
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
}
