import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseDefaults } from '@holdfast/server/database/database-settings'
import { EmbeddedPostgres } from '@holdfast/server/database/embedded/embedded-postgres'
import { PostgresDatabase } from '@holdfast/server/database/postgres-database'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { TestCertificates } from '../harness/certificates.js'
import { freePort } from '../harness/free-port.js'
import { startTestServer, type TestServer } from '../harness/test-server.js'
import { HoldfastProcess } from './holdfast-process.js'

const certificates = new TestCertificates()
let running: TestServer
let meshPort = 0

beforeAll(async () => {
  meshPort = await freePort()
  running = await startTestServer({
    options: [
      '--cache=ispn',
      '--cache-embedded-network-bind-address=127.0.0.1',
      `--cache-embedded-network-bind-port=${meshPort}`,
      '--db-pool-max-size=500',
    ],
  })
})

afterAll(async () => {
  await running[Symbol.asyncDispose]()
  certificates[Symbol.dispose]()
})

async function examined(...options: string[]) {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'))
  await using command = new HoldfastProcess(['doctor', ...options], { KC_HOME_DIR: home })
  return await command.finished
}

test('says of each thing how it is, reaches every peer, and ends with 0 when nothing has failed', async () => {
  const { code, stdout } = await examined(
    `--db-url=${running.database.url}`,
    `--hostname=${running.url}`,
    `--cache-embedded-network-bind-port=${meshPort}`,
    '--db-pool-max-size=500',
  )
  expect(stdout).toMatch(/^ok +database .* is a primary$/m)
  expect(stdout).toMatch(/^ok +clock /m)
  expect(stdout).toMatch(/^ok +mails +none waits to be sent$/m)
  expect(stdout).toMatch(/^ok +schema +it is this build's/m)
  expect(stdout).toMatch(
    new RegExp(`^ok +cluster .* is reached at 127\\.0\\.0\\.1:${meshPort}$`, 'm'),
  )
  expect(stdout).toMatch(/^WARNING database .* connections, and the database has \d+/m)
  expect(stdout).toMatch(/→ Set db-pool-max-size to \d+ at most/)
  expect(stdout).toContain('private keys and secrets are stored unencrypted')
  expect(stdout).toMatch(/answers with this issuer$/m)
  expect(code).toBe(0)
})

test('a start says that all pools together want more connections than there are', () => {
  expect(running.server.log).toMatch(/1 members may open 503 connections, and the database has \d+/)
})

test('what has failed is named with one thing to do, and ends with 1', async () => {
  const { certificateFile, keyFile } = certificates.make('/CN=elsewhere.test')
  const store = join(mkdtempSync(join(tmpdir(), 'holdfast-doctor-')), 'management.p12')
  const material = ['-in', certificateFile, '-inkey', keyFile, '-passout', 'pass:in']
  execFileSync('openssl', ['pkcs12', '-export', ...material, '-out', store])
  const port = await freePort()
  const { code, stdout } = await examined(
    `--db-url=postgres://nobody@127.0.0.1:${port}/none`,
    '--hostname=https://id.test',
    `--https-certificate-file=${certificateFile}`,
    `--https-certificate-key-file=${keyFile}`,
    '--https-key-store-type=PEM',
    `--https-management-key-store-file=${store}`,
    '--https-management-key-store-password=in',
    '--https-management-key-store-type=PKCS12',
  )
  expect(stdout).toMatch(/^FAILED {2}database .*ECONNREFUSED/m)
  expect(stdout).toContain(
    '→ check KC_DB_URL, that PostgreSQL runs there, and the firewall between',
  )
  expect(stdout).toMatch(/^WARNING certificate .*HTTPS certificate ends in 1 days$/m)
  expect(stdout).toMatch(/^WARNING certificate .*management port ends in 1 days$/m)
  expect(stdout).toContain('the HTTPS certificate does not name id.test')
  expect(code).toBe(1)
})

test('a standby is never read from, and is named', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-standby-'))
  chmodSync(directory, 0o755)
  const silent = pino({ level: 'silent' })
  const primary = await EmbeddedPostgres.start(directory, silent)
  const { address } = primary
  await primary[Symbol.asyncDispose]()
  const cluster = readdirSync(directory, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('PG_VERSION'),
  )
  writeFileSync(join(directory, cluster ?? '', '..', 'standby.signal'), '')
  const starting = EmbeddedPostgres.start(directory, silent).catch(() => undefined)
  try {
    await using database = new PostgresDatabase({
      settings: { ...databaseDefaults, ...address },
      logger: silent,
    })
    await vi.waitFor(
      async () => {
        await expect(database.query('SELECT 1')).rejects.toThrow('is a standby')
      },
      { timeout: 20_000 },
    )
  } finally {
    await (await starting)?.[Symbol.asyncDispose]()
    rmSync(directory, { recursive: true, force: true })
  }
})
