import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapAdmin } from '../harness/server-process.js'
import { startTestServer, type TestServer } from '../harness/test-server.js'

let running: TestServer

beforeAll(async () => {
  running = await startTestServer({
    options: [
      '--features-disabled=device-flow,par,token-exchange-standard,account-api,impersonation,web-authn,recovery-codes,update-email',
      '--feature-step-up-authentication=disabled',
      '--feature-kubernetes-service-accounts=disabled',
      '--features=multi-site',
      '--hostname-debug=true',
      '--db-driver=org.postgresql.Driver',
    ],
    environment: { KEYCLOAK_USER: 'admin', CACHE_OWNERS_COUNT: '2' },
  })
})

afterAll(async () => await running[Symbol.asyncDispose]())

async function answer(path: string, form?: Record<string, string>) {
  const init = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }
  const response = await fetch(running.url + path, { redirect: 'manual', ...init })
  return { status: response.status, text: await response.text() }
}

test('endpoints of a feature that is off are not there, and are not announced', async () => {
  const openid = '/realms/demo/protocol/openid-connect'
  expect((await answer(`${openid}/auth/device`, { client_id: 'web' })).status).toBe(404)
  expect((await answer(`${openid}/ext/par/request`, { client_id: 'web' })).status).toBe(404)
  expect((await answer('/realms/demo/device')).status).toBe(404)
  expect((await answer('/realms/demo/account/')).status).toBe(404)
  expect((await answer('/realms/demo')).status).toBe(200)
  const { text } = await answer('/realms/demo/.well-known/openid-configuration')
  const metadata = JSON.parse(text) as Record<string, unknown>
  expect(metadata['device_authorization_endpoint']).toBeUndefined()
  expect(metadata['pushed_authorization_request_endpoint']).toBeUndefined()
  expect(metadata['grant_types_supported']).not.toContain(
    'urn:ietf:params:oauth:grant-type:device_code',
  )
  expect(metadata['grant_types_supported']).toContain('client_credentials')
})

test('what a feature brings cannot be named while it is off, and what does not need it goes on', async () => {
  const form = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
  const { text } = await answer('/realms/master/protocol/openid-connect/token', form)
  const { access_token } = JSON.parse(text) as { access_token: string }
  const ask = async (path: string) => {
    const headers = { authorization: `Bearer ${access_token}` }
    const response = await fetch(`${running.url}/admin${path}`, { headers })
    expect(response.status, path).toBe(200)
    return JSON.stringify(await response.json())
  }
  const flows = '/realms/demo/authentication'
  const steps = await ask(`${flows}/authenticator-providers`)
  expect(steps).toContain('auth-otp-form')
  expect(steps).not.toMatch(/webauthn|recovery|conditional-level/)
  const unregistered = await ask(`${flows}/unregistered-required-actions`)
  expect(unregistered).not.toMatch(/webauthn|RECOVERY|UPDATE_EMAIL/)
  await ask(`${flows}/required-actions`)
  await ask(`${flows}/flows/browser/executions`)
  const { features, providers, identityProviders } = JSON.parse(await ask('/serverinfo')) as {
    features: { name: string; enabled: boolean }[]
    providers: unknown
    identityProviders: unknown
  }
  expect(JSON.stringify([providers, identityProviders])).not.toMatch(
    /webauthn-register|CONFIGURE_RECOVERY_AUTHN_CODES|"kubernetes"/,
  )
  const on = features.filter(({ enabled }) => enabled).map(({ name }) => name)
  expect(on).toEqual(expect.arrayContaining(['AUTHORIZATION', 'MULTI_SITE', 'OPENTELEMETRY']))
  for (const off of ['WEB_AUTHN', 'PASSKEYS', 'UPDATE_EMAIL', 'IMPERSONATION']) {
    expect(on).not.toContain(off)
  }
  const login = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
  expect((await answer('/realms/master/protocol/openid-connect/token', login)).status).toBe(200)
})

test('a balancer between sites asks the main port, where there are several', async () => {
  expect(await answer('/lb-check')).toEqual({ status: 200, text: '' })
})

test('a grant of a feature that is off is none', async () => {
  const { status, text } = await answer('/realms/demo/protocol/openid-connect/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    client_id: 'web',
  })
  expect(status).toBe(400)
  expect(JSON.parse(text)).toMatchObject({ error: 'unsupported_grant_type' })
})

test('the page of addresses says what follows from a request', async () => {
  const { status, text } = await answer('/realms/demo/hostname-debug')
  expect(status).toBe(200)
  expect(text).toContain(`<td>Frontend</td><td>${running.url}</td>`)
  expect((await answer('/realms/nope/hostname-debug')).status).toBe(404)
})

test('what has no effect says why, and what the old image read says what is read today', () => {
  expect(running.server.log).toContain(
    '--db-driver (KC_DB_DRIVER) has no effect: the driver of PostgreSQL is built in',
  )
  expect(running.server.log).toContain(
    'KEYCLOAK_USER is not read any more: use KC_BOOTSTRAP_ADMIN_USERNAME',
  )
  expect(running.server.log).toContain(
    'CACHE_OWNERS_COUNT is not read any more: sessions are in the database',
  )
})
