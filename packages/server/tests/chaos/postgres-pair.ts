import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../harness/free-port.ts'
import { now } from './run-clock.ts'

const versionsFolder = '/usr/lib/postgresql'
const readyTimeoutMs = 30_000
const pauseMs = 50

/** Where the programs of the newest installed PostgreSQL are; null when there is none. */
export function postgresPrograms(): string | null {
  if (!existsSync(versionsFolder)) return null
  const versions = readdirSync(versionsFolder).map(Number).filter(Number.isFinite)
  const programs = join(versionsFolder, String(Math.max(...versions)), 'bin')
  return existsSync(join(programs, 'initdb')) ? programs : null
}

/** The account that runs servers which refuse to run as root. */
export function serviceAccount(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

interface Instance {
  readonly folder: string
  readonly port: number
  child: ChildProcess | null
}

/** A PostgreSQL primary with a standby that follows it by streaming, asynchronously. Both listen on the loopback interface. */
export class PostgresPair implements AsyncDisposable {
  readonly #programs: string
  readonly #account = serviceAccount()
  readonly #root: string
  readonly #primary: Instance
  readonly #standby: Instance
  #serving: Instance
  #endedAt = Number.NEGATIVE_INFINITY

  private constructor(programs: string, root: string, ports: readonly [number, number]) {
    this.#programs = programs
    this.#root = root
    this.#primary = { folder: join(root, 'primary'), port: ports[0], child: null }
    this.#standby = { folder: join(root, 'standby'), port: ports[1], child: null }
    this.#serving = this.#primary
  }

  /** @throws when PostgreSQL is not installed or does not start */
  static async start(withStandby: boolean): Promise<PostgresPair> {
    const programs = postgresPrograms()
    if (programs === null) throw new Error('PostgreSQL is not installed')
    const root = mkdtempSync(join(tmpdir(), 'holdfast-chaos-'))
    const pair = new PostgresPair(programs, root, [await freePort(), await freePort()])
    chownSync(root, pair.#account.uid, pair.#account.gid)
    chmodSync(root, 0o755)
    pair.#run('initdb', ['-D', pair.#primary.folder, '-U', 'postgres', '-A', 'trust', '-N'])
    appendFileSync(
      join(pair.#primary.folder, 'postgresql.conf'),
      `listen_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 200\nwal_keep_size = 512\n` +
        'wal_receiver_timeout = 10s\nshared_buffers = 64MB\n' +
        "shared_preload_libraries = 'pg_stat_statements'\n",
    )
    await pair.#begin(pair.#primary)
    if (withStandby) await pair.#addStandby()
    return pair
  }

  /** Port of the server that clients should use. */
  get port(): number {
    return this.#serving.port
  }

  /** When a server was killed last. */
  get endedAt(): number {
    return this.#endedAt
  }

  /** The process whose children are the server that clients use. */
  get pid(): number {
    return this.#serving.child?.pid ?? 0
  }

  /** A URL of a database for this process. */
  url(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${database}`
  }

  /** Ends the server at once, as a crash would (SIGQUIT: no checkpoint, recovery at the next start). */
  async kill(): Promise<void> {
    if (this.#serving.child === null) return
    this.#endedAt = now()
    await end(this.#serving)
  }

  /** Starts the server that was killed; resolves when it accepts connections. */
  restart(): Promise<void> {
    return this.#begin(this.#serving)
  }

  /** From now on a commit waits until the standby has it. */
  async waitForStandby(): Promise<void> {
    await statement(this.#primary.port, "ALTER SYSTEM SET synchronous_standby_names = '*'")
    await statement(this.#primary.port, 'SELECT pg_reload_conf()')
    await until('the standby is synchronous', async () => {
      const [row] = await statement(
        this.#primary.port,
        'SELECT sync_state FROM pg_stat_replication',
      )
      return row?.['sync_state'] === 'sync'
    })
  }

  /** From now on the standby receives nothing: what is committed is on the primary only. */
  async lag(): Promise<void> {
    const [row] = await statement(this.#primary.port, 'SELECT pg_current_wal_lsn()::text AS lsn')
    await until('the standby has caught up', async () => {
      const [caught] = await statement(
        this.#standby.port,
        `SELECT pg_last_wal_replay_lsn() >= '${row?.['lsn']}'::pg_lsn AS up`,
      )
      return caught?.['up'] === true
    })
    await statement(this.#standby.port, "ALTER SYSTEM SET primary_conninfo = ''")
    await statement(this.#standby.port, 'SELECT pg_reload_conf()')
    await until('the standby receives nothing more', async () => {
      const rows = await statement(this.#standby.port, 'SELECT 1 FROM pg_stat_wal_receiver')
      return rows.length === 0
    })
  }

  /** Kills the primary if it still runs, and makes the standby the one that serves. */
  async promote(): Promise<void> {
    await this.kill()
    await statement(this.#standby.port, 'SELECT pg_promote()')
    this.#serving = this.#standby
  }

  /** Starts the former primary once more, at a port that no node knows, to look at what it had. */
  async withFormer<T>(look: (url: string) => Promise<T>): Promise<T> {
    const former = { ...this.#primary, port: await freePort() }
    await this.#begin(former)
    try {
      return await look(`postgres://postgres@127.0.0.1:${former.port}/postgres`)
    } finally {
      await end(former)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const instance of [this.#primary, this.#standby]) {
      await end(instance)
    }
    rmSync(this.#root, { recursive: true, force: true })
  }

  async #addStandby(): Promise<void> {
    const { folder, port } = this.#standby
    const source = `postgres://postgres@127.0.0.1:${this.#primary.port}/postgres`
    this.#run('pg_basebackup', ['-D', folder, '-d', source, '-R', '-X', 'stream', '-c', 'fast'])
    appendFileSync(join(folder, 'postgresql.conf'), `port = ${port}\n`)
    await this.#begin(this.#standby)
  }

  #run(program: string, args: readonly string[]): void {
    execFileSync(join(this.#programs, program), args, {
      ...this.#account,
      cwd: this.#root,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
  }

  async #begin(instance: Instance): Promise<void> {
    const { folder, port } = instance
    instance.child = spawn(join(this.#programs, 'postgres'), ['-D', folder, '-p', String(port)], {
      ...this.#account,
      cwd: this.#root,
      stdio: 'ignore',
    })
    await until('PostgreSQL accepts connections', async () => {
      await statement(port, 'SELECT 1')
      return true
    })
  }
}

/** Ends a server at once; it needs no clean shutdown. */
async function end(instance: Instance): Promise<void> {
  const { child } = instance
  if (child === null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGQUIT')
  await ended
  instance.child = null
}

async function statement(port: number, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({
    connectionString: `postgres://postgres@127.0.0.1:${port}/postgres`,
    connectionTimeoutMillis: 2_000,
    statement_timeout: 30_000,
  })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = now() + readyTimeoutMs
  while (now() < deadline) {
    if (await holds().catch(() => false)) return
    await new Promise((resume) => setTimeout(resume, pauseMs))
  }
  throw new Error(`not within ${readyTimeoutMs} ms: ${what}`)
}
