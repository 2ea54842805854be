import { once } from 'node:events'
import { copyFileSync, mkdtempSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { demoPassword, demoSecret } from '../harness/demo-realm.ts'
import { MailServer } from '../mail/mail-server.ts'
import { holdfast } from './holdfast-process.ts'
import { connectionsMax, keyStoreOf, OptionServer, optionHost, tokenPath } from './option-server.ts'

let running: OptionServer

beforeAll(async () => {
  running = await OptionServer.start()
})

afterAll(async () => await running[Symbol.asyncDispose]())

const administrator = async () =>
  new AdminSession(running.url, (await running.login()).access_token)

test('the management port listens on its own address, for clients with a certificate, and shows no health', async () => {
  const answer = await running.managed(running.client)
  expect(answer).toMatchObject({
    status: 200,
    subject: 'management',
    cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  })
  expect((await running.managed()).status).toBeUndefined()
  expect((await running.managed(running.stranger)).status).toBeUndefined()
  expect((await running.send('/health/live')).status).toBe(200)
  // The main port is on its address alone.
  const { port } = running
  await expect(fetch(`http://127.0.0.1:${port}/realms/master`)).rejects.toThrow()
})

test('the management port takes a store that was replaced', async () => {
  const next = join(mkdtempSync(join(tmpdir(), 'holdfast-next-')), 'next.p12')
  keyStoreOf(running.certificates.make('/CN=renewed'), next)
  copyFileSync(next, running.keyStore)
  const subject = async () => (await running.managed(running.client)).subject
  await expect.poll(subject, { timeout: 10_000 }).toBe('renewed')
})

test('administrators, browsers and applications are sent to addresses of their own', async () => {
  expect((await running.send('/admin')).location).toBe('https://admin.test/admin/master/console/')
  const metadata = JSON.parse(
    (await running.send('/realms/master/.well-known/openid-configuration')).body,
  )
  expect(metadata.authorization_endpoint).toMatch(/^https:\/\/id\.test\/realms\/master\//)
  expect(metadata.token_endpoint).toBe(running.url + tokenPath)
})

test('a path that may be read in two ways is looked for, where that is asked for', async () => {
  expect((await running.send('/realms/./master')).status).toBe(404)
})

test('connections of one address beyond its bound are ended', async () => {
  const { port } = running
  const open: Socket[] = []
  const isEnded = (socket: Socket) =>
    new Promise<boolean>((resolve) => {
      socket.once('close', () => resolve(true))
      socket.once('data', () => resolve(false))
      socket.on('error', () => undefined)
      socket.write('GET /realms/master HTTP/1.1\r\nHost: id.test\r\n\r\n')
    })
  try {
    const results: boolean[] = []
    for (let count = 0; count <= connectionsMax; count += 1) {
      const socket = connect({ host: optionHost, port, localAddress: '127.0.0.5' })
      open.push(socket)
      results.push(await isEnded(socket))
    }
    expect(results).toEqual([...Array.from({ length: connectionsMax }, () => false), true])
    await expect
      .poll(() => running.server.log, { timeout: 5_000 })
      .toContain('127.0.0.5 holds http-max-connections-per-address connections')
  } finally {
    for (const socket of open) socket.destroy()
  }
})

test('durations are counted in buckets, and user events as far as they are asked for', async () => {
  const { refresh_token } = await running.login()
  const refresh = { grant_type: 'refresh_token', client_id: 'admin-cli', refresh_token }
  expect((await running.send(tokenPath, { form: refresh })).status).toBe(200)
  const text = await running.metrics()
  expect(text).toMatch(
    /^http_server_requests_seconds_bucket\{[^}]*uri="\/health[^}]*le="0.25"|^http_server_requests_seconds_bucket\{[^}]*le="0.25"/m,
  )
  expect(text).toMatch(/^vendor_statistics_(?:hit|miss)_times_seconds_bucket\{/m)
  expect(text).toMatch(/^keycloak_user_events_total\{[^}]*event="login"[^}]*\} /m)
  expect(text.match(/^keycloak_user_events_total\{.*$/gm)?.join('\n')).not.toMatch(
    /event="(?!login")/,
  )
})

test('headers and cookies are masked in the access log', async () => {
  const secret = 'sword-fish'
  await running.send('/realms/master', { headers: { 'x-own': secret, cookie: `own=${secret}` } })
  await expect.poll(() => running.server.log, { timeout: 5_000 }).toMatch(/seen \.\.\. \.\.\./)
  expect(running.server.log).not.toContain(secret)
})

test('caches hold no more than they may', async () => {
  const admin = await administrator()
  for (const realm of ['acme', 'demo']) {
    const users = await admin.send(`/admin/realms/${realm}/users?max=3`)
    for (const { id } of users.body as { id: string }[]) {
      await admin.send(`/admin/realms/${realm}/users/${id}`)
      await admin.send(`/admin/realms/${realm}/users/${id}/role-mappings/realm/composite`)
    }
  }
  for (const clientId of ['first', 'second']) {
    const serves = { authorizationServicesEnabled: true, serviceAccountsEnabled: true }
    const body = { clientId, secret: clientId, ...serves }
    const made = await admin.send('/admin/realms/demo/clients', { method: 'POST', body })
    expect(made.status).toBe(201)
    // Its resources are read, whatever the answer is.
    await running.send('/realms/demo/protocol/openid-connect/token', {
      form: {
        ...{ grant_type: 'urn:ietf:params:oauth:grant-type:uma-ticket', audience: clientId },
        ...{ client_id: clientId, client_secret: clientId },
      },
    })
  }
  for (const [user, scope] of [
    ['person-1', 'openid'],
    ['person-2', 'openid'],
    ['person-3', 'openid offline_access'],
    ['person-4', 'openid offline_access'],
  ] as const) {
    const { body } = await running.send('/realms/demo/protocol/openid-connect/token', {
      form: {
        ...{ grant_type: 'password', client_id: 'app', client_secret: demoSecret('app') },
        ...{ username: user, password: demoPassword(user), scope },
      },
    })
    const headers = { authorization: `Bearer ${JSON.parse(body).access_token}` }
    const answer = await running.send('/realms/demo/protocol/openid-connect/userinfo', { headers })
    expect(answer, scope).toMatchObject({ status: 200 })
  }
  const text = await running.metrics()
  const numbersOf = (name: string) =>
    Object.fromEntries(
      [...text.matchAll(new RegExp(`^${name}\\{cache="(\\w+)"[^}]*\\} (\\d+)`, 'gm'))].map(
        ([, cache = '', value]) => [cache, Number(value)],
      ),
    )
  const entries = numbersOf('vendor_statistics_approximate_entries')
  const evicted = numbersOf('vendor_statistics_evictions')
  const bounded = [
    'users',
    'sessions',
    'clientSessions',
    'offlineSessions',
    'offlineClientSessions',
  ]
  for (const cache of bounded) {
    expect(entries[cache], cache).toBe(1)
    expect(evicted[cache], cache).toBeGreaterThan(0)
  }
})

test('connections to the database have the name that was given, as many as wanted, and no longer than allowed', async () => {
  expect(
    Number(/^agroal_creation_count_total\{[^}]*\} (\d+)/m.exec(await running.metrics())?.[1]),
  ).toBeGreaterThanOrEqual(12)
  const ask = `SELECT pid FROM pg_stat_activity WHERE application_name = 'own-name' AND datname = current_database()`
  const pids = async () =>
    (await running.database.query<{ pid: number }>(ask)).map(({ pid }) => pid)
  await running.login()
  const before = new Set(await pids())
  expect(before.size).toBeGreaterThan(0)
  await expect
    .poll(
      async () => {
        await running.login()
        return (await pids()).some((pid) => before.has(pid))
      },
      { timeout: 15_000, interval: 250 },
    )
    .toBe(false)
})

test('a transaction ends at its bound, and a statement that took long is told', async () => {
  const admin = await administrator()
  const holder = new pg.Client({ connectionString: running.database.url })
  await holder.connect()
  try {
    await holder.query('BEGIN; LOCK TABLE role IN ACCESS EXCLUSIVE MODE')
    const call = { method: 'POST', body: { name: 'late' } }
    // Well before a lock is waited for in vain (three seconds).
    expect((await admin.send('/admin/realms/demo/roles', call)).status).toBe(503)
  } finally {
    await holder.end()
  }
  const [version] = await running.database.query<{ major: number }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS major`,
  )
  // Earlier ones bound single statements alone.
  if ((version?.major ?? 0) >= 17) {
    expect(running.server.log).toContain('terminating connection due to transaction timeout')
  }
  expect(running.server.log).toMatch(/Slow statement \(\d+ ms\): .*\brole\b/)
})

test('secrets come from the key store of the vault', async () => {
  const passwords: string[] = []
  await using mails = await MailServer.start({
    hideSTARTTLS: true,
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) => {
      passwords.push(password ?? '')
      done(null, { user: 'mail' })
    },
  })
  const admin = await administrator()
  const { body } = await admin.send('/admin/realms/master/users?username=admin&exact=true')
  const [user] = body as { id: string }[]
  const change = { method: 'PUT', body: { email: 'root@acme.test' } }
  await admin.send(`/admin/realms/master/users/${user?.id}`, change)
  const settings = { host: '127.0.0.1', port: String(mails.port), from: 'login@acme.test' }
  const login = { auth: 'true', user: 'mail', password: '${vault.kc.db-password}' }
  const call = { method: 'POST', body: { ...settings, ...login } }
  expect((await admin.send('/admin/realms/master/testSMTPConnection', call)).status).toBe(204)
  expect(passwords).toEqual(['second'])
})

test('a server is believed whatever name it has, where that is asked for', async () => {
  await expect.poll(() => running.syslog, { timeout: 10_000 }).toContain('Listening on')
})

test('the end cuts requests that take longer than it waits', async () => {
  const { port } = running
  const slow = connect({ host: optionHost, port })
  slow.on('error', () => undefined)
  slow.write(`POST ${tokenPath} HTTP/1.1\r\nHost: id.test\r\nContent-Length: 100\r\n\r\nhalf`)
  const cut = once(slow, 'close')
  await running.send('/realms/master')
  const begin = performance.now()
  running.server.kill('SIGTERM')
  await cut
  expect(await running.server.exited).toBe(0)
  // Unless it was said, ten seconds are waited.
  expect(performance.now() - begin).toBeLessThan(9_500)
})

test('a migration that others hold up ends the start in time', async () => {
  await running.database.query(
    'DELETE FROM schema_migration WHERE version = (SELECT max(version) FROM schema_migration)',
  )
  const holder = new pg.Client({ connectionString: running.database.url })
  await holder.connect()
  try {
    await holder.query('BEGIN; SELECT id FROM schema_lock WHERE id = 1 FOR UPDATE')
    const options = [`--db-url=${running.database.url}`, '--transaction-setup-timeout=1s']
    const { code, stderr } = await holdfast(['start-dev', ...options])
    expect(stderr).toContain('could not be migrated within transaction-setup-timeout')
    expect(code).toBe(1)
  } finally {
    await holder.end()
  }
})
