import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { expect, inject, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { bootstrapAdmin, startServer } from '../harness/server-process.ts'
import { createDatabase } from '../harness/test-database.ts'
import { startTestServer } from '../harness/test-server.ts'
import { emptyHome, HoldfastProcess, holdfast, until } from './holdfast-process.ts'

/** Status and parsed body. */
async function read(url: string, init?: RequestInit) {
  const answer = await fetch(url, init)
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, text }
}

test('health, metrics and the answers to paths that nobody serves', async () => {
  await using test = await startTestServer()
  const { url } = test
  const { managementUrl } = test.server
  for (const path of ['health', 'health/live', 'health/ready', 'health/started']) {
    const { status, headers } = await read(`${managementUrl}/${path}`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json; charset=UTF-8')
  }
  expect((await read(`${url}/nope`)).text).toBe(
    '{"error":"Unable to find matching target resource method"}',
  )
  const wrongMethod = await read(`${url}/realms/master/protocol/openid-connect/token`)
  expect(wrongMethod.status).toBe(405)
  expect(wrongMethod.text).toBe('{"error":"HTTP 405 Method Not Allowed"}')
  expect((await read(`${url}/realms/%zz`)).status).toBe(400)
  const plain = await read(`${managementUrl}/metrics`, { headers: { accept: 'text/plain' } })
  expect(plain.text).toMatch(/^http_server_requests_seconds_count\{.*status="405".*\} 1$/m)
  expect(plain.text).toMatch(/^agroal_acquire_count_total\{datasource="default"\} \d+$/m)
  const open = await read(`${managementUrl}/metrics`)
  expect(open.headers.get('content-type')).toMatch(/^application\/openmetrics-text; version=1.0.0/)
  expect(open.text).toMatch(/^# TYPE agroal_acquire_count counter$/m)
  expect(open.text.endsWith('# EOF\n')).toBe(true)
})

test('structured log lines name their request and hold no secrets', async () => {
  const options = ['--log-console-output=json', '--log-level=debug', '--shutdown-delay=0s']
  await using test = await startTestServer({ options })
  const post = async (parameters: Record<string, string>) =>
    await fetch(`${test.realmUrl('master')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'admin-cli', ...parameters }),
    })
  await post({ grant_type: 'password', username: 'admin', password: 'wrong-Passw0rd' })
  const granted = await post({ grant_type: 'password', ...bootstrapAdmin })
  const tokens = (await granted.json()) as Record<string, string>
  await post({ grant_type: 'refresh_token', refresh_token: `${tokens['refresh_token']}x` })
  await fetch(`${test.realmUrl('master')}/protocol/openid-connect/userinfo?code=sword-fish`)
  await test.server.stop()
  const lines = test.server.log.split('\n').filter((line) => line.startsWith('{'))
  const ofEvents = lines
    .map((line) => JSON.parse(line))
    .filter(({ loggerName }) => loggerName === 'org.keycloak.events')
    .map(({ mdc }) => mdc.requestId)
  expect(ofEvents.length).toBeGreaterThanOrEqual(3)
  for (const id of ofEvents) expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(new Set(ofEvents).size).toBe(ofEvents.length)
  const { access_token: access = '', refresh_token: refresh = '' } = tokens
  expect(Math.min(access.length, refresh.length)).toBeGreaterThan(100)
  const secrets = ['wrong-Passw0rd', 'sword-fish', bootstrapAdmin.password, access, refresh]
  for (const secret of secrets) expect(test.server.log).not.toContain(secret)
})

test('the end: not ready, then requests under way, then exit code 0', async () => {
  await using test = await startTestServer({ options: ['--shutdown-delay=1s'] })
  const { server, url } = test
  server.kill('SIGTERM')
  await until(async () => (await read(`${server.managementUrl}/health/ready`)).status === 503, 900)
  const late = await read(`${url}/realms/master`)
  expect(late.status).toBe(200)
  expect(late.headers.get('connection')).toBe('close')
  expect(await server.exited).toBe(0)
})

test('a database that is not there yet is waited for', async () => {
  const port = await freePort()
  const management = await freePort()
  await using server = new HoldfastProcess(
    [
      'start-dev',
      `--db-url=postgres://postgres@127.0.0.1:${await freePort()}/x`,
      `--http-port=${port}`,
      `--http-management-port=${management}`,
    ],
    { KC_HOME_DIR: emptyHome() },
  )
  await server.untilPrinted('Waiting for the database')
  const url = `http://127.0.0.1:${management}/health`
  expect((await read(`${url}/ready`)).status).toBe(503)
  expect((await read(`${url}/started`)).status).toBe(503)
  expect((await read(`${url}/live`)).status).toBe(200)
  server.kill('SIGTERM')
  expect((await server.finished).code).toBe(0)
})

test('workers share the port; one that is killed is replaced', async () => {
  await using database = await createDatabase(inject('postgresUrl'), {
    template: inject('templateName'),
  })
  await using server = await startServer({
    databaseUrl: database.url,
    command: 'start',
    options: [
      '--workers=2',
      '--hostname-strict=false',
      '--http-enabled=true',
      '--cache=local',
      '--shutdown-delay=0s',
    ],
  })
  const pids = () =>
    [...server.log.matchAll(/Worker \d+ \(process (\d+)\) started/g)].map(([, pid]) => Number(pid))
  await until(() => pids().length === 2, 15_000)
  process.kill(pids()[0] ?? 0, 'SIGKILL')
  await until(() => pids().length === 3, 15_000)
  for (let time = 0; time < 10; time += 1) {
    expect((await read(`${server.url}/realms/master`)).status).toBe(200)
  }
  expect((await read(`${server.managementUrl}/health/ready`)).status).toBe(200)
  const metrics = await read(`${server.managementUrl}/metrics`)
  expect(metrics.text).toMatch(/^http_server_requests_seconds_count\{.*\} \d+$/m)
  expect(await server.stop()).toBe(0)
})

test('TLS with certificate files, under a relative path, with a bounded queue', async () => {
  const home = emptyHome()
  const [certificate, key] = [join(home, 'tls.crt'), join(home, 'tls.key')]
  const subject = ['-subj', '/CN=localhost', '-days', '2', '-nodes']
  const files = ['-out', certificate, '-keyout', key]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject, ...files], {
    stdio: 'ignore',
  })
  const httpsPort = await freePort()
  await using test = await startTestServer({
    command: 'start',
    options: [
      `--https-certificate-file=${certificate}`,
      `--https-certificate-key-file=${key}`,
      `--https-port=${httpsPort}`,
      '--hostname=https://id.test/auth',
      '--http-management-scheme=http',
      '--http-management-relative-path=/',
      '--http-relative-path=/auth',
      '--http-max-queued-requests=100',
      '--workers=1',
      '--cache=local',
    ],
  })
  expect(test.server.log).not.toContain('insecure context')
  const body = await new Promise<string>((resolve, reject) => {
    const path = '/auth/realms/master/.well-known/openid-configuration'
    const options = { port: httpsPort, host: '127.0.0.1', path, rejectUnauthorized: false }
    const sent = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      answer.on('end', () => resolve(text))
    })
    sent.on('error', reject).end()
  })
  expect(JSON.parse(body)).toMatchObject({ issuer: 'https://id.test/auth/realms/master' })
})

test('a database that was encrypted with one key refuses another one and none', async () => {
  await using database = await createDatabase(inject('postgresUrl'))
  const [first, second] = [randomBytes(32).toString('base64'), randomBytes(32).toString('hex')]
  const keyFile = join(emptyHome(), 'encryption.keys')
  writeFileSync(keyFile, `${second}\n${first}\n`)
  const bootstrap = async (key: string | undefined, name: string) => {
    const options = [`--db-url=${database.url}`, `--username=${name}`, '--password=x-Passw0rd']
    return await holdfast(
      ['bootstrap-admin', 'user', ...options],
      key === undefined ? {} : { KC_ENCRYPTION_KEY: key },
    )
  }
  expect((await bootstrap(first, 'a')).code).toBe(0)
  const keys = await database.query<{ key: string }>(
    `SELECT config->'privateKey'->0->>'sealed' AS key FROM component WHERE config ? 'privateKey'`,
  )
  expect(keys.length).toBeGreaterThan(0)
  for (const { key } of keys) expect(key).toMatch(/^hf1:/)
  const wrong = await bootstrap(second, 'b')
  expect(wrong.code).toBe(1)
  expect(wrong.stderr).toContain('KC_ENCRYPTION_KEY is not the key of this database')
  const none = await bootstrap(undefined, 'b')
  expect(none.code).toBe(1)
  expect(none.stderr).toContain('set KC_ENCRYPTION_KEY')
  const rotated = await holdfast(
    ['export', '--realm=master', '--file=/dev/null', `--db-url=${database.url}`],
    { KC_ENCRYPTION_KEY_FILE: keyFile },
  )
  expect(rotated.code).toBe(0)
})
