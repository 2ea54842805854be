import { afterAll, beforeAll, expect, test } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { demoPassword, demoSecret } from '../harness/demo-realm.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { holdfast } from './holdfast-process.ts'

let running: TestServer
let admin: AdminSession

beforeAll(async () => {
  running = await startTestServer({
    options: [
      '--features-disabled=dpop,passkeys,client-policies,admin-fine-grained-authz,login',
      ...['--feature-organization=disabled', '--feature-authorization=disabled'],
      '--feature-account=disabled',
      ...['--feature-ciba=disabled', '--feature-workflows=disabled', '--feature-spiffe=disabled'],
    ],
  })
  admin = await AdminSession.open(running.url)
})

afterAll(async () => await running[Symbol.asyncDispose]())

const demo = '/admin/realms/demo'
const openid = () => `${running.realmUrl('demo')}/protocol/openid-connect`

async function metadata(): Promise<Record<string, unknown>> {
  const answer = await fetch(`${running.realmUrl('demo')}/.well-known/openid-configuration`)
  return (await answer.json()) as Record<string, unknown>
}

async function changeClient(clientId: string, change: object): Promise<void> {
  const { body } = await admin.send(`${demo}/clients?clientId=${clientId}`)
  const [client] = body as { id: string }[]
  const call = { method: 'PUT', body: { ...client, ...change } }
  expect((await admin.send(`${demo}/clients/${client?.id}`, call)).status).toBe(204)
}

test('dpop: proofs are not looked at, nobody is asked for one, and none is announced', async () => {
  await changeClient('app', {
    attributes: { 'dpop.bound.access.tokens': 'true', 'post.logout.redirect.uris': '+' },
  })
  const answer = await fetch(`${openid()}/token`, {
    method: 'POST',
    headers: { dpop: 'rubbish' },
    body: new URLSearchParams({
      ...{ grant_type: 'password', client_id: 'app', client_secret: demoSecret('app') },
      ...{ username: 'person-1', password: demoPassword('person-1') },
    }),
  })
  expect(await answer.json()).toMatchObject({ token_type: 'Bearer' })
  expect(await metadata()).not.toHaveProperty('dpop_signing_alg_values_supported')
})

test('passkeys: forms offer none, though the realm wants them', async () => {
  const member = 'webAuthnPolicyPasswordlessPasskeysEnabled'
  expect((await admin.send(demo, { method: 'PUT', body: { [member]: true } })).status).toBe(204)
  expect((await admin.send(demo)).body, 'stays stored').toMatchObject({ [member]: true })
  const query = new URLSearchParams({
    ...{ client_id: 'app', response_type: 'code', scope: 'openid' },
    redirect_uri: 'http://127.0.0.1:3999/cb',
  })
  const page = await fetch(`${openid()}/auth?${query}`)
  const text = await page.text()
  expect(page.status).toBe(200)
  expect(text).toContain('name="username"')
  expect(text).not.toMatch(/webauthn|passkey/i)
})

test('client-policies: neither there for administrators nor at work', async () => {
  for (const what of ['profiles', 'policies']) {
    for (const call of [{}, { method: 'PUT', body: { [what]: [] } }]) {
      const { status, body } = await admin.send(`${demo}/client-policies/${what}`, call)
      expect(status).toBe(501)
      expect(body).toMatchObject({ error: 'Feature not enabled' })
    }
  }
  // As an export of a realm brings them, which nothing refuses.
  const policies = {
    realm: 'policed',
    enabled: true,
    clientProfiles: {
      profiles: [{ name: 'no', executors: [{ executor: 'reject-ropc-grant', configuration: {} }] }],
    },
    clientPolicies: {
      policies: [
        {
          ...{ name: 'all', enabled: true, profiles: ['no'] },
          conditions: [{ condition: 'any-client', configuration: {} }],
        },
      ],
    },
    users: [
      {
        ...{ username: 'u', enabled: true, email: 'u@policed.test' },
        ...{ firstName: 'Given', lastName: 'Family' },
        credentials: [{ type: 'password', value: 'pass' }],
      },
    ],
  }
  const made = await admin.send('/admin/realms', { method: 'POST', body: policies })
  expect(made).toMatchObject({ status: 201 })
  const answer = await fetch(`${running.realmUrl('policed')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'password', client_id: 'admin-cli', username: 'u', password: 'pass' },
    }),
  })
  expect(await answer.json()).toHaveProperty('access_token')
})

test('settings of a realm that are off with their feature stay as they were', async () => {
  const body = { adminPermissionsEnabled: true, organizationsEnabled: true }
  expect((await admin.send(demo, { method: 'PUT', body })).status).toBe(204)
  const { body: shown } = await admin.send(demo)
  expect(shown).toMatchObject({ adminPermissionsEnabled: false, organizationsEnabled: false })
  expect(shown).not.toHaveProperty('adminPermissionsClient')
  const clients = await admin.send(`${demo}/clients?clientId=admin-permissions`)
  expect(clients.body).toEqual([])
})

test('endpoints of features that are off are not there', async () => {
  for (const path of [`${demo}/organizations`, `${demo}/workflows`]) {
    expect((await admin.send(path, { anyAnswer: true })).status, path).toBe(404)
  }
  const uma = await fetch(`${running.realmUrl('demo')}/.well-known/uma2-configuration`)
  expect(uma.status).toBe(404)
  const account = `${running.realmUrl('demo')}/account/`
  expect((await fetch(account, { headers: { accept: 'text/html' } })).status).toBe(404)
  // Its API is a feature of its own.
  expect((await fetch(account, { headers: { accept: 'application/json' } })).status).toBe(401)
  const ciba = await fetch(`${openid()}/ext/ciba/auth`, { method: 'POST' })
  expect(ciba.status).toBe(404)
  expect(await metadata()).not.toHaveProperty('backchannel_authentication_endpoint')
})

test('what they bring is not listed', async () => {
  const { body } = await admin.send('/admin/serverinfo')
  const { features, providers, themes } = body as {
    features: { name: string; enabled: boolean }[]
    providers: Record<string, { providers: object }>
    themes: { login: { name: string }[] }
  }
  const on = features.filter(({ enabled }) => enabled).map(({ name }) => name)
  for (const off of ['DPOP', 'PASSKEYS', 'CLIENT_POLICIES', 'ADMIN_FINE_GRAINED_AUTHZ_V2']) {
    expect(on).not.toContain(off)
  }
  expect(themes.login.map(({ name }) => name)).not.toContain('keycloak.v2')
  const executors = Object.keys(providers['client-policy-executor']?.providers ?? {})
  expect(executors.sort()).toEqual([
    'registration-access-token-rotation-disabled',
    'suppress-refresh-token-rotation',
    'use-lightweight-access-token',
  ])
})

test('one that nobody may do without stops the start', async () => {
  const { code, stderr } = await holdfast(['start-dev', '--features-disabled=hostname'])
  expect(stderr).toContain('Feature hostname cannot be disabled.')
  expect(code).toBe(2)
})
