import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SmallRealms } from '../login/small-realm.ts'

let realms: SmallRealms
let client: string

beforeAll(async () => {
  realms = await SmallRealms.start()
  await realms.create('keys')
  const found = await realms.admin.send('/admin/realms/keys/clients?clientId=web')
  const [web] = found.body as { id: string }[]
  client = `/admin/realms/keys/clients/${web?.id}`
})

afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

const send = (path: string, method: string, body?: unknown) =>
  realms.admin.send(path, { method, ...(body === undefined ? {} : { body }) })

async function upload(format: string, file: string): Promise<{ status: number; body: unknown }> {
  const form = new FormData()
  form.append('keystoreFormat', format)
  form.append('file', new Blob([file]), 'file')
  const answer = await fetch(`${realms.server.url}${client}/certificates/jwt.credential/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${realms.admin.token}` },
    body: form,
  })
  return { status: answer.status, body: await answer.json() }
}

describe('the key of a client', () => {
  it('is made, shown and replaced by a certificate that is uploaded', async () => {
    const path = `${client}/certificates/jwt.credential`
    expect((await send(path, 'GET')).body).toEqual({})
    const made = (await send(`${path}/generate`, 'POST')).body as Record<string, string>
    expect((await send(path, 'GET')).body).toEqual(made)
    const { certificate = '' } = made
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`
    expect(await upload('Certificate PEM', pem)).toEqual({ status: 200, body: { certificate } })
    expect((await send(path, 'GET')).body).toEqual({ certificate })
  })

  it('stays when what is uploaded holds none', async () => {
    const before = (await send(client, 'GET')).body
    for (const [format, file] of [
      ['Certificate PEM', 'nope'],
      ['JSON Web Key Set', '{"keys":[]}'],
      ['JKS', 'nope'],
      ['other', 'nope'],
    ] as const) {
      expect((await upload(format, file)).status).toBe(400)
    }
    expect((await send(client, 'GET')).body).toEqual(before)
  })
})

describe('client profiles and policies', () => {
  const profiles = '/admin/realms/keys/client-policies/profiles'
  const policies = '/admin/realms/keys/client-policies/policies'
  const executors = [{ executor: 'pkce-enforcer', configuration: { 'auto-configure': true } }]

  // They act: changes of the client below would be judged by them.
  afterAll(() => send(policies, 'PUT', { policies: [] }))

  it('are kept', async () => {
    const profile = { name: 'own', executors }
    expect((await send(profiles, 'PUT', { profiles: [profile] })).status).toBe(204)
    expect((await send(profiles, 'GET')).body).toEqual({ profiles: [profile] })
    const policy = {
      name: 'all',
      enabled: true,
      conditions: [{ condition: 'any-client', configuration: {} }],
      profiles: ['own', 'fapi-1-baseline'],
    }
    expect((await send(policies, 'PUT', { policies: [policy] })).status).toBe(204)
    expect((await send(policies, 'GET')).body).toEqual({ policies: [policy] })
  })

  it.each([
    [
      profiles,
      { profiles: [{ name: 'x' }, { name: 'x' }] },
      'proposed client profile name duplicated.',
    ],
    [profiles, { profiles: [{}] }, 'client profile without its name not allowed.'],
    [
      profiles,
      { profiles: [{ name: 'fapi-ciba' }] },
      "Proposed profile name 'fapi-ciba' is duplicated as a global profile",
    ],
    [
      profiles,
      { profiles: [{ name: 'x', executors: [{ executor: 'nope', configuration: {} }] }] },
      'proposed client profile contains the executor, which does not have valid provider, or has invalid configuration.',
    ],
    [
      policies,
      { policies: [{ name: 'x', profiles: ['nope'] }] },
      'Policy x contains invalid profile nope',
    ],
    [
      policies,
      { policies: [{ name: 'x', conditions: [{ condition: 'nope', configuration: {} }] }] },
      'Policy x contains invalid condition nope',
    ],
    [policies, { policies: [{ name: 'x', mode: 'nope' }] }, 'Policy x has invalid mode'],
  ])('%s refuses %j', async (path, body, errorMessage) => {
    const before = (await send(path, 'GET')).body
    const answer = await send(path, 'PUT', body)
    expect([answer.status, answer.body]).toEqual([400, { errorMessage }])
    expect((await send(path, 'GET')).body).toEqual(before)
  })
})

describe('what a client gets for a scope', () => {
  it('names the mappers of its scopes, optional ones when they are asked for', async () => {
    const path = `${client}/evaluate-scopes/protocol-mappers`
    const containers = async (scope: string) => {
      const { body } = await send(`${path}?scope=${scope}`, 'GET')
      return new Set((body as { containerName: string }[]).map((each) => each.containerName))
    }
    expect(await containers('openid')).toContain('profile')
    expect(await containers('openid')).not.toContain('phone')
    expect(await containers('openid%20phone')).toContain('phone')
  })

  it('shows all roles with full scope, and only mapped ones without', async () => {
    const path = `${client}/evaluate-scopes/scope-mappings/keys`
    expect((await send(`${path}/not-granted`, 'GET')).body).toEqual([])
    expect((await send(client, 'PUT', { fullScopeAllowed: false })).status).toBe(204)
    const names = JSON.stringify((await send(`${path}/not-granted`, 'GET')).body)
    expect(names).toContain('uma_authorization')
    expect(JSON.stringify((await send(`${path}/granted`, 'GET')).body)).not.toContain('uma_auth')
  })
})
