import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { initializeCluster } from '@holdfast/server/database/embedded/initialize-cluster'
import { embeddedUser, type PostgresPlace } from '@holdfast/server/database/embedded/postmaster'
import { settleIn } from '@holdfast/server/database/embedded/settle-in'
import { freePort } from '@holdfast/server/harness/free-port'
import pg from 'pg'
import { pino } from 'pino'

const startTimeoutMs = 60_000
const pollMs = 50
const connectionsMax = 300

/** A PostgreSQL for a benchmark. */
export interface Postgres extends AsyncDisposable {
  readonly url: string
  /** For who cannot use a socket; null where there is no such way. */
  readonly tcpUrl: string | null
}

/** The PostgreSQL that `KC_TEST_DB_URL` names, or a throw-away one on the cores of this process. */
export async function openPostgres(): Promise<Postgres> {
  const given = process.env['KC_TEST_DB_URL']
  if (given === undefined) return await startPostgres()
  const tcpUrl = new URL(given).searchParams.has('host') ? null : given
  return { url: given, tcpUrl, [Symbol.asyncDispose]: () => Promise.resolve() }
}

/**
 * The PostgreSQL that comes with the server, with the same settings, and durable. Unlike the server's own it also
 * listens on the loopback interface, behind a password: Keycloak knows no sockets.
 * @param extraSettings of PostgreSQL
 */
export async function startPostgres(
  extraSettings: Readonly<Record<string, string>> = {},
): Promise<Postgres> {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'))
  // PostgreSQL runs as another user when this is root, and that user has to get to its data.
  chmodSync(directory, 0o755)
  const place = await settleIn(directory, pino({ level: 'error' }))
  await initializeCluster(place)
  writeFileSync(
    join(place.cluster, 'pg_hba.conf'),
    'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
  )
  const port = await freePort()
  const child = spawnOn(place, port, extraSettings)
  const socket = encodeURIComponent(place.socketDirectory)
  const url = `postgresql://${embeddedUser}@localhost:${port}/postgres?host=${socket}`
  const password = randomBytes(16).toString('hex')
  try {
    await setPassword(url, password, child)
  } catch (error) {
    child.kill('SIGQUIT')
    throw error
  }
  return {
    url,
    tcpUrl: `postgresql://${embeddedUser}:${password}@127.0.0.1:${port}/postgres`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGINT')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function spawnOn(
  place: PostgresPlace,
  port: number,
  extraSettings: Readonly<Record<string, string>>,
): ChildProcess {
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: place.socketDirectory,
    unix_socket_permissions: '0700',
    max_connections: String(connectionsMax),
    shared_buffers: '128MB',
    wal_compression: 'on',
    log_min_messages: 'panic',
    ...extraSettings,
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { account } = place
  return spawn(join(place.binaries, 'bin', 'postgres'), ['-D', place.cluster, ...args], {
    cwd: place.cluster,
    stdio: 'ignore',
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  })
}

/** Waits until PostgreSQL takes connections. */
async function setPassword(url: string, password: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + startTimeoutMs
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.query(`ALTER ROLE "${embeddedUser}" PASSWORD '${password}'`)
      await client.end()
      return
    } catch (error) {
      await client.end().catch(() => undefined)
      if (child.exitCode !== null || performance.now() > deadline) throw error
    }
    await pause(pollMs)
  }
}
