import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { demoPassword, demoRealm, demoSecret } from '../harness/demo-realm.ts'
import { injectedFailures, injectSerializationFailures } from '../harness/serialization-failures.ts'
import { bootstrapAdmin, type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'

let database: TestDatabase
let server: ServerProcess

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
  if (
    (await database.query("SELECT to_regclass('injected_failures') AS there"))[0]?.['there'] ===
    null
  ) {
    await injectSerializationFailures((text) => database.query(text), database.name)
  }
  server = await startServer({ databaseUrl: database.url, realms: [demoRealm(3)] })
})

afterAll(async () => {
  await server.stop()
  await database[Symbol.asyncDispose]()
})

async function tokens(realm: string, form: Record<string, string>) {
  const answer = await fetch(`${server.realmUrl(realm)}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { access_token: string; refresh_token: string }
}

const application = { client_id: 'app', client_secret: demoSecret('app') }

test('logins and refreshes succeed on a database that refuses every third transaction that writes', async () => {
  for (const username of ['person-0', 'person-1', 'person-2']) {
    const password = demoPassword(username)
    let { refresh_token: token } = await tokens('demo', {
      ...application,
      grant_type: 'password',
      username,
      password,
    })
    for (let time = 0; time < 4; time += 1) {
      const refreshed = await tokens('demo', {
        ...application,
        grant_type: 'refresh_token',
        refresh_token: token,
      })
      token = refreshed.refresh_token
    }
    const out = await fetch(`${server.realmUrl('demo')}/protocol/openid-connect/logout`, {
      method: 'POST',
      body: new URLSearchParams({ ...application, refresh_token: token }),
    })
    expect(out.status).toBe(204)
  }
})

test('what administrators write is written once, at once by many', async () => {
  const { username, password } = bootstrapAdmin
  const form = { grant_type: 'password', client_id: 'admin-cli', username, password }
  const { access_token: token } = await tokens('master', form)
  const send = async (method: string, path: string, body?: object) =>
    await fetch(`${server.url}/admin/realms/demo${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const names = Array.from({ length: 12 }, (_, index) => `written-${index}`)
  const created = await Promise.all(
    names.map(async (name) => (await send('POST', '/users', { username: name })).status),
  )
  expect(created).toEqual(names.map(() => 201))
  const counted = await send('GET', '/users?search=written-&max=100')
  expect(
    ((await counted.json()) as { username: string }[]).map((user) => user.username).sort(),
  ).toEqual(names.toSorted())
  const changed = await Promise.all(
    names.map(async (name) => (await send('POST', '/roles', { name })).status),
  )
  expect(changed).toEqual(names.map(() => 201))
  expect((await send('PUT', '', { displayName: 'Written' })).status).toBe(204)
  expect(await injectedFailures((text) => database.query(text))).toBeGreaterThan(5)
  expect(server.log).not.toContain('injected')
})
