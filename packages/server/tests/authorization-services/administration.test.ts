import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SmallRealms } from '../login/small-realm.ts'

let realms: SmallRealms
/** The resource server, below Admin REST. */
let server: string
let client: string

type Body = Record<string, unknown>

beforeAll(async () => {
  realms = await SmallRealms.start()
  await realms.create('guarded')
  const answer = await realms.admin.send('/admin/realms/guarded/clients', {
    method: 'POST',
    body: { clientId: 'guard', serviceAccountsEnabled: true, authorizationServicesEnabled: true },
  })
  client = new URL(answer.headers.get('location') ?? '').pathname
  server = `${client}/authz/resource-server`
})

afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

async function send(path: string, method = 'GET', body?: unknown) {
  const answer = await realms.admin.send(path.startsWith('/admin') ? path : `${server}${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, body: answer.body as Body & Body[] }
}

describe('a client with authorization services', () => {
  it('has an empty resource server, the role for its protection API, and an account that holds it', async () => {
    expect((await send('')).body).toMatchObject({
      name: 'guard',
      allowRemoteResourceManagement: true,
      policyEnforcementMode: 'ENFORCING',
      decisionStrategy: 'UNANIMOUS',
    })
    const roles = (await send(`${client}/roles`)).body
    expect(roles.map(({ name }) => name)).toEqual(['uma_protection'])
    const account = (await send(`${client}/service-account-user`)).body
    const mapped = await send(`/admin/realms/guarded/users/${account['id']}/role-mappings`)
    expect(JSON.stringify(mapped.body)).toContain('uma_protection')
  })

  it('keeps scopes, resources, policies and permissions', async () => {
    const scope = (await send('/scope', 'POST', { name: 'view', displayName: 'View' })).body
    expect(await send(`/scope/${scope['id']}`)).toEqual({ status: 200, body: scope })
    const made = await send('/resource', 'POST', {
      name: 'album',
      type: 'urn:album',
      uris: ['/album/*'],
      scopes: [{ name: 'view' }, { name: 'edit' }],
      owner: 'anna',
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ owner: { name: 'anna' }, ownerManagedAccess: false })
    const album = made.body['_id']
    expect((await send('/scope')).body.map(({ name }) => name)).toEqual(['edit', 'view'])

    const user = (await send('/policy/user', 'POST', { name: 'anna only', users: ['anna'] })).body
    expect((await send(`/policy/user/${user['id']}`)).body).toMatchObject({
      users: [await userId()],
      logic: 'POSITIVE',
    })
    const permission = (
      await send('/permission/scope', 'POST', {
        name: 'may view',
        resources: ['album'],
        scopes: ['view'],
        policies: ['anna only'],
      })
    ).body
    expect(permission).toMatchObject({ resources: [album], scopes: [scope['id']] })
    const below = `/policy/${permission['id']}`
    expect((await send(`${below}/resources`)).body).toEqual([{ name: 'album', _id: album }])
    expect((await send(`${below}/scopes`)).body).toEqual([{ id: scope['id'], name: 'view' }])
    expect((await send(`${below}/associatedPolicies`)).body).toMatchObject([{ name: 'anna only' }])
    const dependent = await send(`/policy/${user['id']}/dependentPolicies`)
    expect(dependent.body).toMatchObject([{ name: 'may view' }])
    expect((await send('/permission?name=view')).body).toHaveLength(1)
    expect((await send(`/resource/${album}/permissions`)).body).toMatchObject([
      { name: 'may view' },
    ])

    const kind = { name: 'of a kind', resourceType: 'urn:album' }
    const ofKind = (await send('/permission/resource', 'POST', kind)).body
    expect((await send(`/permission/${ofKind['id']}`)).body).toMatchObject(kind)
    const untyped = (await send(`/policy/${ofKind['id']}`)).body
    expect(untyped).toMatchObject({ config: { defaultResourceType: 'urn:album' } })
    expect((await send(`/permission/resource/${ofKind['id']}`, 'DELETE')).status).toBe(204)

    const change = { name: 'anna only', users: ['anna'], logic: 'NEGATIVE' }
    expect((await send(`/policy/user/${user['id']}`, 'PUT', change)).status).toBe(201)
    expect((await send(`/policy/${user['id']}`)).body).toMatchObject({ logic: 'NEGATIVE' })
  })

  it('tells what somebody may do', async () => {
    const ask = {
      userId: await userId(),
      resources: [{ name: 'album', scopes: [{ name: 'view' }] }],
    }
    const denied = await send('/policy/evaluate', 'POST', ask)
    expect(denied.body).toMatchObject({
      status: 'DENY',
      results: [
        {
          allowedScopes: [],
          policies: [
            {
              status: 'DENY',
              associatedPolicies: [{ policy: { name: 'anna only' }, status: 'DENY' }],
            },
          ],
        },
      ],
    })
    const [user] = (await send('/policy?name=anna')).body
    await send(`/policy/user/${user?.['id']}`, 'PUT', { name: 'anna only', logic: 'POSITIVE' })
    expect((await send('/policy/evaluate', 'POST', ask)).body).toMatchObject({
      status: 'PERMIT',
      results: [{ allowedScopes: [{ name: 'view' }] }],
    })
    expect((await send('/policy/evaluate', 'POST', { userId: 'nobody' })).status).toBe(400)
  })

  it('refuses what is taken, and what refers to nothing', async () => {
    const before = (await send('/settings')).body
    const answers = [
      await send('/policy/user', 'POST', { name: 'anna only', users: ['anna'] }),
      await send('/resource', 'POST', { name: 'album', owner: 'anna' }),
      await send('/resource', 'POST', {}),
      await send('/scope', 'POST', {}),
      await send('/policy/user', 'POST', { name: 'x', users: ['nobody'] }),
      await send('/permission/resource', 'POST', { name: 'x', resources: ['nothing'] }),
      await send('/policy/aggregate', 'POST', { name: 'x', policies: ['nothing'] }),
      await send('/policy/role', 'POST', { name: 'x', roles: [{ id: 'a' }, { id: 'a' }] }),
      await send('/policy/regex', 'POST', { name: 'x', targetClaim: 'sub', pattern: '([' }),
      await send('/policy/js', 'POST', { name: 'x' }),
      await send('/resource/nothing', 'DELETE'),
    ]
    expect(answers.map(({ status }) => status)).toEqual([
      409, 409, 409, 409, 400, 400, 400, 400, 400, 404, 404,
    ])
    expect((await send('/settings')).body).toEqual(before)
  })

  it('lists policies and permissions of each type, and no others', async () => {
    for (const path of [
      '/policy/aggregate',
      '/policy/client',
      '/policy/client-scope',
      '/policy/group',
      '/policy/regex',
      '/policy/resource',
      '/policy/role',
      '/policy/scope',
      '/policy/time',
      '/policy/uma',
      '/policy/user',
      '/permission/aggregate',
      '/permission/client',
      '/permission/client-scope',
      '/permission/group',
      '/permission/regex',
      '/permission/resource',
      '/permission/role',
      '/permission/scope',
      '/permission/time',
      '/permission/uma',
      '/permission/user',
    ]) {
      const { status, body } = await send(path)
      expect(status, path).toBe(200)
      const type = path.split('/').at(-1)
      expect(
        body.filter((policy) => policy['type'] !== type),
        path,
      ).toEqual([])
    }
    expect((await send('/policy/nonsense')).status).toBe(404)
    const all = (await send('/policy')).body
    for (const { type, name } of all) {
      const names = (await send(`/policy/${type}`)).body.map((policy) => policy['name'])
      expect(names).toContain(name)
    }
  })

  it('forgets what is deleted wherever it was named', async () => {
    const [view] = (await send('/scope?name=view')).body
    expect((await send(`/scope/${view?.['id']}`, 'DELETE')).status).toBe(400)
    const [album] = (await send('/resource')).body
    expect((await send(`/resource/${album?.['_id']}`, 'DELETE')).status).toBe(204)
    // Without what it was for, it would be a permission for everything.
    expect((await send('/permission')).body).toEqual([])
    const scopes = { name: 'of scopes', scopes: [view?.['id']] }
    expect((await send('/permission/scope', 'POST', scopes)).status).toBe(201)
    expect((await send(`/scope/${view?.['id']}`, 'DELETE')).status).toBe(204)
    expect((await send('/permission')).body).toEqual([])
  })

  it('gives its settings as a file, and takes them', async () => {
    const given = {
      policyEnforcementMode: 'PERMISSIVE',
      scopes: [{ name: 'read' }],
      resources: [{ name: 'doc', uris: ['/doc'], scopes: [{ name: 'read' }] }],
      policies: [
        {
          name: 'all',
          type: 'scope',
          config: { scopes: '["read"]', applyPolicies: '["nobody"]' },
        },
        { name: 'nobody', type: 'user', config: { users: '["anna"]' }, logic: 'NEGATIVE' },
      ],
    }
    expect((await send('/import', 'POST', given)).status).toBe(204)
    expect((await send('/settings')).body).toMatchObject({
      policyEnforcementMode: 'PERMISSIVE',
      resources: [{ name: 'doc', scopes: [{ name: 'read' }] }],
    })
    const settings = JSON.stringify((await send('/settings')).body['policies'])
    expect(settings).toContain('"applyPolicies":"[\\"nobody\\"]"')
    expect(settings).toContain('"users":"[\\"anna\\"]"')
  })

  it('protects nothing any more when the services are switched off', async () => {
    const off = await send(client, 'PUT', { authorizationServicesEnabled: false })
    expect(off.status).toBe(204)
    expect((await send('')).status).toBe(404)
    await send(client, 'PUT', { authorizationServicesEnabled: true })
    expect((await send('/resource')).body).toEqual([])
  })
})

async function userId(): Promise<unknown> {
  const found = await realms.admin.send('/admin/realms/guarded/users?username=anna')
  return (found.body as Body[])[0]?.['id']
}
