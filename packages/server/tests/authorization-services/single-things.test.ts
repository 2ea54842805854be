import { afterAll, beforeAll, expect, it } from 'vitest'
import { SmallRealms } from '../login/small-realm.ts'

type Body = Record<string, unknown>

let realms: SmallRealms
let client: string

beforeAll(async () => {
  realms = await SmallRealms.start()
  await realms.create('things')
  const answer = await realms.admin.send('/admin/realms/things/clients', {
    method: 'POST',
    body: { clientId: 'guard', serviceAccountsEnabled: true, authorizationServicesEnabled: true },
  })
  client = new URL(answer.headers.get('location') ?? '').pathname
})

afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

async function ask(path: string, status: number, method = 'GET', body?: unknown) {
  const answer = await realms.admin.send(path, {
    method,
    ...(body === undefined ? {} : { body }),
  })
  const shown = `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`
  expect(answer.status, shown).toBe(status)
  return answer.body as Body & Body[]
}

it('scopes and resources are changed one by one', async () => {
  const server = `${client}/authz/resource-server`
  const { id: scope } = await ask(`${server}/scope`, 201, 'POST', { name: 'view' })
  await ask(`${server}/scope/${scope}`, 204, 'PUT', { id: scope, name: 'see' })
  expect(await ask(`${server}/scope/${scope}`, 200)).toMatchObject({ name: 'see' })
  expect(await ask(`${server}/scope/${scope}/permissions`, 200)).toEqual([])
  const resource = { name: 'album', attributes: { a: ['b'] } }
  const { _id: album } = await ask(`${server}/resource`, 201, 'POST', resource)
  await ask(`${server}/resource/${album}`, 204, 'PUT', { ...resource, name: 'book' })
  expect(await ask(`${server}/resource/${album}/attributes`, 200)).toEqual({ a: ['b'] })
})

it('policies and permissions are changed, found by their names, and removed', async () => {
  const server = `${client}/authz/resource-server`
  const generic = { name: 'any time', type: 'time', config: { nbf: '2020-01-01 00:00:00' } }
  await ask(`${server}/policy`, 201, 'POST', generic)
  const found = await ask(`${server}/policy/time/search?name=any%20time`, 200)
  expect(found).toMatchObject({ name: 'any time', type: 'time' })
  const { _id: shelf } = await ask(`${server}/resource`, 201, 'POST', { name: 'shelf' })
  const permission = { name: 'read', resources: [shelf], policies: [found['id']] }
  const { id } = await ask(`${server}/permission/resource`, 201, 'POST', permission)
  expect(await ask(`${server}/permission/resource/${id}`, 200)).toMatchObject({ name: 'read' })
  const change = { ...permission, id, description: 'changed' }
  await ask(`${server}/permission/resource/${id}`, 201, 'PUT', change)
  expect(await ask(`${server}/permission/search?name=read`, 200)).toMatchObject({ name: 'read' })
  const typed = await ask(`${server}/permission/resource/search?name=read`, 200)
  expect(typed).toMatchObject({ description: 'changed' })
  expect(await ask(`${server}/permission/${id}/dependentPolicies`, 200)).toEqual([])
  const free = { name: 'free', type: 'resource', resources: [shelf], policies: [found['id']] }
  await ask(`${server}/permission`, 201, 'POST', free)
  await ask(`${server}/permission/resource/${id}`, 204, 'DELETE')
  await ask(`${server}/permission/resource/${id}`, 404)
})

it('the resource server is changed as a whole', async () => {
  const server = `${client}/authz/resource-server`
  const settings = await ask(server, 200)
  await ask(`${client}/authz/resource-server`, 204, 'PUT', {
    ...settings,
    decisionStrategy: 'AFFIRMATIVE',
  })
  expect(await ask(server, 200)).toMatchObject({ decisionStrategy: 'AFFIRMATIVE' })
})

it('consoles are told of event listeners', async () => {
  const path = '/admin/realms/things/ui-ext/available-event-listeners'
  expect(JSON.stringify(await ask(path, 200))).toContain('jboss-logging')
})

it('to take no role out of the scope of a client scope changes nothing', async () => {
  const [scope] = await ask('/admin/realms/things/client-scopes', 200)
  const path = `/admin/realms/things/ui-ext/role-mapping-delete/clientScopes/${scope?.['id']}`
  await ask(path, 204, 'POST', [])
})

it('nobody takes the place of what is there by naming its id', async () => {
  const secret = 'guard-secret'
  await ask(client, 204, 'PUT', { secret, publicClient: false, directAccessGrantsEnabled: true })
  const server = `${client}/authz/resource-server`
  const { _id: album } = await ask(`${server}/resource`, 201, 'POST', { name: 'of the server' })
  const role = await ask(`${client}/roles/uma_protection`, 200)
  const [anna] = await ask('/admin/realms/things/users?username=anna', 200)
  const mappings = `/admin/realms/things/users/${anna?.['id']}/role-mappings`
  await ask(`${mappings}/clients/${client.split('/').at(-1)}`, 204, 'POST', [role])
  const { url } = realms.server
  const granted = await fetch(`${url}/realms/things/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'password', username: 'anna', password: 'pw' },
      ...{ client_id: 'guard', client_secret: secret },
    }),
  })
  const { access_token: token } = (await granted.json()) as { access_token: string }
  const taken = await fetch(`${url}/realms/things/authz/protection/resource_set`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ _id: album, name: 'of anna', ownerManagedAccess: true }),
  })
  expect(taken.status).toBe(409)
  const policy = { name: 'x', roles: [] }
  const { id } = await ask(`${server}/policy/role`, 201, 'POST', policy)
  for (const given of [id, album]) {
    await ask(`${server}/policy/role`, 409, 'POST', { ...policy, id: given, name: 'y' })
    await ask(`${server}/resource`, 409, 'POST', { _id: given, name: 'z' })
  }
  const other = { clientId: 'other-guard', serviceAccountsEnabled: true }
  const made = await realms.admin.send('/admin/realms/things/clients', {
    method: 'POST',
    body: { ...other, authorizationServicesEnabled: true },
  })
  const others = `${new URL(made.headers.get('location') ?? '').pathname}/authz/resource-server`
  await ask(`${others}/resource`, 409, 'POST', { _id: album, name: 'of another client' })
  expect(await ask(`${server}/resource/${album}`, 200)).toMatchObject({
    name: 'of the server',
    owner: { name: 'guard' },
  })
})
