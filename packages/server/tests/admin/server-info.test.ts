import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../harness/fixtures.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

interface Property {
  readonly name: string
  readonly type?: string
  readonly defaultValue?: unknown
  readonly options?: readonly string[]
}

interface Described {
  readonly id: string
  readonly properties: readonly Property[]
}

interface ServerInfo {
  readonly componentTypes: Record<string, Described[]>
  readonly protocolMapperTypes: Record<string, (Described & { name: string; category: string })[]>
  readonly providers: Record<string, { internal: boolean; providers: Record<string, unknown> }>
  readonly features: { name: string; type: string; enabled: boolean }[]
  readonly passwordPolicies: { id: string }[]
  readonly clientInstallations: Record<string, { id: string; filename: string }[]>
  readonly enums: Record<string, string[]>
  readonly identityProviders: { id: string }[]
  readonly socialProviders: { id: string }[]
  readonly builtinProtocolMappers: Record<string, { name: string }[]>
  readonly parameterizedScopeTypes: { name: string }[]
}

const recorded = fixture<{ body: ServerInfo } & ServerInfo>('admin/serverinfo')
const keycloak: ServerInfo = recorded.body ?? recorded

let server: TestServer
let admin: AdminSession
let info: ServerInfo

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  info = (await admin.send('/admin/serverinfo')).body as ServerInfo
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** What this server has beyond Keycloak. */
const own: ReadonlySet<string> = new Set([
  'notLeaked',
  'email-code-form',
  'magic-link-form',
  'sms-code-form',
  'webhook',
])
const sorted = (values: Iterable<string>) => [...values].filter((one) => !own.has(one)).sort()
/** Defaults count as the texts that components hold; that a flag is off need not be said. */
const defaultOf = (value: unknown) => (value === false ? undefined : value?.toString())
const described = (types: readonly Described[]) =>
  Object.fromEntries(
    types.map(({ id, properties }) => {
      const shown = properties.map(({ name, type, defaultValue, options }) => [
        name,
        { type, default: defaultOf(defaultValue), options: options && sorted(options) },
      ])
      return [id, Object.fromEntries(shown)]
    }),
  )
/** Its one setting is the profile itself, which has an endpoint of its own. */
const withoutSettings = 'org.keycloak.userprofile.UserProfileProvider'

describe('GET /admin/serverinfo', () => {
  it('has the members that Keycloak has', () => {
    expect(sorted(Object.keys(info))).toEqual(sorted(Object.keys(keycloak)))
  })

  it.each(Object.keys(keycloak.componentTypes))('describes every %s with its settings', (type) => {
    const wanted = described(keycloak.componentTypes[type] ?? [])
    const given = described(info.componentTypes[type] ?? [])
    expect(sorted(Object.keys(given))).toEqual(sorted(Object.keys(wanted)))
    if (type === withoutSettings) return
    for (const [id, properties] of Object.entries(wanted)) {
      expect({ id, properties: given[id] }).toEqual({ id, properties })
    }
  })

  it.each(Object.keys(keycloak.protocolMapperTypes))('describes every mapper of %s', (protocol) => {
    const wanted = keycloak.protocolMapperTypes[protocol] ?? []
    const given = info.protocolMapperTypes[protocol] ?? []
    expect(described(given)).toEqual(described(wanted))
    const named = (types: typeof given) =>
      Object.fromEntries(types.map(({ id, name, category }) => [id, { name, category }]))
    expect(named(given)).toEqual(named(wanted))
  })

  it('lists every kind of provider with its ids', () => {
    const ids = ({ providers }: ServerInfo) =>
      Object.fromEntries(
        Object.entries(providers).map(([kind, { internal, providers: all }]) => [
          kind,
          { internal, ids: sorted(Object.keys(all)) },
        ]),
      )
    expect(ids(info)).toEqual(ids(keycloak))
  })

  it('lists every feature, password policy, installation, enum and identity provider', () => {
    const lists = ({ features, ...all }: ServerInfo) => ({
      features: sorted(features.map(({ name, type }) => `${name} ${type}`)),
      passwordPolicies: sorted(all.passwordPolicies.map(({ id }) => id)),
      installations: sorted(
        Object.values(all.clientInstallations).flatMap((some) =>
          some.map(({ id, filename }) => `${id} ${filename}`),
        ),
      ),
      enums: Object.fromEntries(
        Object.entries(all.enums).map(([name, values]) => [name, sorted(values)]),
      ),
      identityProviders: sorted(all.identityProviders.map(({ id }) => id)),
      socialProviders: sorted(all.socialProviders.map(({ id }) => id)),
      scopeTypes: sorted(all.parameterizedScopeTypes.map(({ name }) => name)),
    })
    expect(lists(info)).toEqual(lists(keycloak))
  })

  it('offers the mappers of the default client scopes', () => {
    const names = (all: ServerInfo, protocol: string) =>
      all.builtinProtocolMappers[protocol]?.map(({ name }) => name) ?? []
    const known = new Set(names(keycloak, 'openid-connect'))
    const given = names(info, 'openid-connect')
    expect(given.length).toBeGreaterThan(20)
    expect(given.filter((name) => !known.has(name))).toEqual([])
  })
})

describe('every provider that is listed answers', () => {
  it('with its settings, as an execution of a flow', async () => {
    const below = '/admin/realms/master/authentication'
    for (const list of ['authenticator', 'form-action', 'client-authenticator']) {
      const { body } = await admin.send(`${below}/${list}-providers`)
      for (const { id, displayName } of body as { id: string; displayName: string }[]) {
        const answer = await admin.send(`${below}/config-description/${id}`)
        expect(answer.body).toMatchObject({ providerId: id, name: displayName })
      }
    }
  })

  it('as a mapper of a client', async () => {
    for (const [protocol, types] of Object.entries(info.protocolMapperTypes)) {
      const client = { clientId: `mapped-${protocol}`, protocol }
      const path = '/admin/realms/master/clients'
      const made = await admin.send(path, { method: 'POST', body: client })
      const url = `${new URL(made.headers.get('location') ?? '').pathname}/protocol-mappers/models`
      for (const { id } of types) {
        const body = { name: id, protocol, protocolMapper: id, config: {} }
        const { status } = await admin.send(url, { method: 'POST', body })
        expect(`${id} ${status}`).toBe(`${id} 201`)
      }
    }
  })
})
