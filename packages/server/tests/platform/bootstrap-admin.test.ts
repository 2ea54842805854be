import { expect, test } from 'vitest'
import { startServer } from '../harness/server-process.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { holdfast } from './holdfast-process.ts'

test('user and service account of the settings are made at the first start, and lost access is got back', async () => {
  await using database = await createTestDatabase(true)
  await using server = await startServer({
    databaseUrl: database.url,
    environment: {
      KC_BOOTSTRAP_ADMIN_USERNAME: 'first',
      KC_BOOTSTRAP_ADMIN_PASSWORD: 'first-Passw0rd',
      KC_BOOTSTRAP_ADMIN_CLIENT_ID: 'setup',
      KC_BOOTSTRAP_ADMIN_CLIENT_SECRET: 'setup-secret',
    },
  })
  const token = async (parameters: Record<string, string>) => {
    const body = new URLSearchParams(parameters)
    const url = `${server.realmUrl('master')}/protocol/openid-connect/token`
    const answer = await fetch(url, { method: 'POST', body })
    const { access_token: text } = (await answer.json()) as { access_token?: string }
    return text ?? ''
  }
  const signIn = (username: string, password: string) =>
    token({ grant_type: 'password', client_id: 'admin-cli', username, password })
  const asService = (id: string, secret: string) =>
    token({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  const administers = async (bearer: string) => {
    const headers = { authorization: `Bearer ${bearer}` }
    return (await fetch(`${server.url}/admin/realms`, { headers })).status
  }
  expect(await administers(await signIn('first', 'first-Passw0rd'))).toBe(200)
  expect(await administers(await asService('setup', 'setup-secret'))).toBe(200)

  const db = `--db-url=${database.url}`
  const user = ['bootstrap-admin', 'user', '--username=second', '--password=second-Passw0rd', db]
  expect((await holdfast(user)).code).toBe(0)
  expect(await administers(await signIn('second', 'second-Passw0rd'))).toBe(200)
  expect((await holdfast(user)).code).toBe(1)

  // The name of its service account is taken: nothing of the client may stay behind.
  const master = `(SELECT id FROM realm WHERE name = 'master')`
  await database.query(
    `UPDATE users SET username = 'service-account-spare' WHERE username = 'second' AND realm_id = ${master}`,
  )
  const service = ['bootstrap-admin', 'service', '--client-id=spare', '--client-secret=x', db]
  expect((await holdfast(service)).code).toBe(1)
  expect(await database.query(`SELECT 1 FROM client WHERE client_id = 'spare'`)).toEqual([])
})

test('the variables that name the first administrator before Keycloak 26 still do, and say so', async () => {
  await using database = await createTestDatabase(true)
  await using server = await startServer({
    environment: {
      KC_BOOTSTRAP_ADMIN_USERNAME: undefined,
      KC_BOOTSTRAP_ADMIN_PASSWORD: undefined,
      KEYCLOAK_ADMIN: 'former',
      KEYCLOAK_ADMIN_PASSWORD: 'former-Passw0rd',
    },
    databaseUrl: database.url,
  })
  const body = new URLSearchParams({
    grant_type: 'password',
    client_id: 'admin-cli',
    username: 'former',
    password: 'former-Passw0rd',
  })
  const url = `${server.realmUrl('master')}/protocol/openid-connect/token`
  expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
  expect(server.log).toContain('KEYCLOAK_ADMIN is deprecated')
})
