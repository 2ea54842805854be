import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.js'

let running: TestServer

beforeAll(async () => {
  running = await startTestServer({
    options: [
      '--features-disabled=device-flow,par,token-exchange-standard,account-api,impersonation',
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
