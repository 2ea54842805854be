import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.js'

let syslog = ''
const receiver = createServer((socket) => {
  socket.setEncoding('utf8').on('data', (text) => {
    syslog += text
  })
  socket.on('error', () => undefined)
})
const folder = mkdtempSync(join(tmpdir(), 'holdfast-logs-'))
let running: TestServer

beforeAll(async () => {
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port } = receiver.address() as AddressInfo
  running = await startTestServer({
    options: [
      '--workers=2',
      '--log=console,file,syslog',
      '--log-level=info,org.keycloak.events:debug',
      '--log-console-level=warn',
      '--log-console-format=%p %c %m%n',
      `--log-file=${folder}/`,
      '--log-file-async=true',
      '--log-file-output=json',
      '--log-file-json-format=ecs',
      '--log-file-rotation-max-file-size=10M',
      '--log-mdc-enabled=true',
      '--log-mdc-keys=realmName,clientId',
      `--log-syslog-endpoint=127.0.0.1:${port}`,
      '--log-syslog-app-name=holdfast-test',
      '--log-syslog-level=warn',
      '--http-access-log-enabled=true',
      '--http-access-log-pattern=%h %m %U %s',
      '--http-access-log-exclude=/realms/demo/\\.well-known/.*',
      '--http-access-log-file-enabled=true',
      '--http-access-log-file-name=requests',
    ],
  })
  await fetch(`${running.realmUrl('demo')}/.well-known/openid-configuration`)
  await fetch(`${running.realmUrl('demo')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: 'nobody',
      password: 'wrong',
    }),
  })
})

afterAll(async () => {
  await running[Symbol.asyncDispose]()
  receiver.close()
})

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** The line of the failed login. */
const failed = /type="LOGIN_ERROR".*realmName="demo"/

test('one file holds the lines of every process, in the form that was asked for', async () => {
  const file = join(folder, 'keycloak.log')
  await expect.poll(() => textOf(file), { timeout: 5_000 }).toContain('LOGIN_ERROR')
  const lines = textOf(file)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.some(({ message }) => String(message).includes('Worker 1'))).toBe(true)
  const line = lines.find(({ message }) => String(message).includes('LOGIN_ERROR'))
  expect(line).toMatchObject({
    'log.logger': 'org.keycloak.events',
    'log.level': 'WARN',
    'ecs.version': '1.12.2',
    mdc: { 'kc.realmName': 'demo', 'kc.clientId': 'admin-cli' },
  })
  expect(JSON.stringify(line?.['mdc'])).not.toContain('ipAddress')
})

test('the console shows what its level lets through, in its own pattern', () => {
  const lines = running.server.log.split('\n')
  expect(lines.filter((line) => failed.test(line))).toHaveLength(1)
  expect(lines.find((line) => failed.test(line))).toMatch(/^WARN org\.keycloak\.events type=/)
  expect(running.server.log).not.toContain('Management interface listening')
})

test('syslog gets messages of RFC 5424, each with its length before it', async () => {
  await expect.poll(() => syslog, { timeout: 5_000 }).toContain('LOGIN_ERROR')
  const message = /(\d+) (<12>1 \S+ \S+ holdfast-test \d+ org\.keycloak\.events - [^\n]*\n)/.exec(
    syslog,
  )
  expect(message?.[2]).toMatch(failed)
  expect(message?.[2]).toContain('{kc.realmName=demo, kc.clientId=admin-cli')
  expect(Buffer.byteLength(message?.[2] ?? '')).toBe(Number(message?.[1]))
})

test('the access log is a file of its own, without what is excluded', async () => {
  const file = join(running.server.home, 'data', 'log', 'requests.log')
  const path = '/realms/demo/protocol/openid-connect/token'
  await expect.poll(() => textOf(file), { timeout: 5_000 }).toContain(path)
  expect(textOf(file)).toBe(`127.0.0.1 POST ${path} 400\n`)
})
