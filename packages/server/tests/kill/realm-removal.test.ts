import { expect, it } from 'vitest'
import { bootstrapAdmin, startServer } from '../harness/server-process.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { until } from '../platform/holdfast-process.ts'

/** Enough for many parts. */
const usersCount = 6_000
/** The job that goes on with it runs once a minute. */
const waitMs = 120_000

async function adminOf(url: string) {
  const { username, password } = bootstrapAdmin
  const form = { grant_type: 'password', client_id: 'admin-cli', username, password }
  const token = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  const { access_token: bearer } = (await token.json()) as { access_token: string }
  return async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    return await fetch(`${url}/admin/realms${path}`, { method, headers, ...content })
  }
}

it('deletes a realm with many users at once for everybody, and its rows bit by bit, also after a crash', async () => {
  await using database = await createTestDatabase()
  const count = async (table: string) => {
    const [row] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table}`,
    )
    return row?.count ?? 0
  }
  let id = ''
  {
    await using server = await startServer({ databaseUrl: database.url })
    const ask = await adminOf(server.url)
    const realm = { id: 'crowd-id', realm: 'crowd', enabled: true }
    expect((await ask('POST', '', realm)).status).toBe(201)
    id = realm.id
    await database.query(
      `INSERT INTO users (id, realm_id, username, enabled, created_at)
       SELECT 'crowd-' || n, $1, 'user' || n, true, 0 FROM generate_series(1, ${usersCount}) n`,
      [id],
    )
    const before = await count('users')
    expect((await ask('DELETE', '/crowd')).status).toBe(204)
    expect((await ask('GET', '/crowd')).status).toBe(404)
    expect((await ask('GET', `/${encodeURIComponent(`/removed/${id}`)}`)).status).toBe(404)
    const names = (await (await ask('GET', '?briefRepresentation=true')).json()) as object[]
    expect(JSON.stringify(names)).not.toContain('removed')
    await until(async () => (await count('users')) < before, waitMs)
    server.kill('SIGKILL')
  }
  expect(await count('removed_realm')).toBe(1)
  await using server = await startServer({ databaseUrl: database.url })
  const ask = await adminOf(server.url)
  // The name is free, and nobody waits for locks.
  expect((await ask('POST', '', { realm: 'crowd', enabled: true })).status).toBe(201)
  expect((await ask('POST', '/crowd/users', { username: 'new' })).status).toBe(201)
  await until(async () => (await count('removed_realm')) === 0, waitMs)
  const left = await database.query('SELECT 1 FROM users WHERE realm_id = $1 LIMIT 1', [id])
  expect(left).toEqual([])
  // The first token of this administrator may have ended meanwhile.
  const again = await adminOf(server.url)
  expect((await again('GET', '/crowd/users/count')).status).toBe(200)
}, 300_000)
