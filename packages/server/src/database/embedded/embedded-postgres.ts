import type { ChildProcess } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Logger } from '../../log/logger.ts'
import { pause } from '../../shared/pause.ts'
import { StartError } from '../../shared/start-error.ts'
import type { DatabaseSettings } from '../database-settings.ts'
import { DataLock } from './data-lock.ts'
import { initializeCluster } from './initialize-cluster.ts'
import {
  disownStaleFiles,
  embeddedDatabase,
  embeddedPort,
  embeddedUser,
  type PostgresPlace,
  readPostmasterFile,
  spawnPostmaster,
} from './postmaster.ts'
import { settleIn } from './settle-in.ts'

const pollMs = 10
/** Recovery after a crash replays the log since the last checkpoint, at most five minutes' worth. */
const startTimeoutMs = 60_000
const stopTimeoutMs = 10_000
const startAttemptsMax = 4
const restartPauseMs = 500
/** Connections of one worker: those of all workers must fit into the server's own limit. */
const poolMax = 20
/** Connections that all processes together may open; the rest is for people and tools. */
const connectionsForPools = 280

type Address = Pick<DatabaseSettings, 'host' | 'port' | 'database' | 'user' | 'poolMax'>

/**
 * A real PostgreSQL that this process starts, watches and stops. States: *starting*, *running* (an exit is answered with a
 * restart), *stopping*. One that a killed server left running on the same data is adopted.
 */
export class EmbeddedPostgres implements AsyncDisposable {
  readonly #place: PostgresPlace
  readonly #lock: DataLock
  readonly #logger: Logger
  #child: ChildProcess | undefined
  #stopping = false
  #reviving: Promise<void> | undefined

  private constructor(place: PostgresPlace, lock: DataLock, logger: Logger) {
    this.#place = place
    this.#lock = lock
    this.#logger = logger
  }

  /**
   * @param dataDir absolute
   * @throws StartError when another server uses the data, or PostgreSQL does not start
   */
  static async start(dataDir: string, logger: Logger): Promise<EmbeddedPostgres> {
    const place = await settleIn(dataDir, logger)
    const lock = DataLock.take(lockFileOf(place))
    const postgres = new EmbeddedPostgres(place, lock, logger)
    try {
      await postgres.#begin()
    } catch (error) {
      await postgres[Symbol.asyncDispose]()
      throw error
    }
    return postgres
  }

  /** @returns how to connect to the database of a server that runs on the same data; undefined when none does */
  static async addressOfRunning(dataDir: string, logger: Logger): Promise<Address | undefined> {
    const place = await settleIn(dataDir, logger)
    const inUse = DataLock.isHeld(lockFileOf(place)) && readPostmasterFile(place)?.ready === true
    return inUse ? addressOf(place) : undefined
  }

  /** How to connect: by the socket, to the only role. */
  get address(): Address {
    return addressOf(this.#place)
  }

  /**
   * The same for processes that are started with it as their outside database.
   * @param sharers how many of them there are
   * @returns options of their command lines
   */
  commandLine(sharers: number): string[] {
    const url = new URL(`postgres://localhost:${embeddedPort}/${embeddedDatabase}`)
    url.searchParams.set('host', this.#place.socketDirectory)
    url.searchParams.set('user', embeddedUser)
    const share = Math.min(poolMax, Math.floor(connectionsForPools / Math.max(sharers, 1)))
    return ['--db=postgres', `--db-url=${url.href}`, `--db-pool-max-size=${share}`]
  }

  /** Stops PostgreSQL in order ("fast": open transactions are rolled back) and frees the data. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true
    // A restart under way comes to its end first: what it has started is stopped below.
    await this.#reviving
    const running = readPostmasterFile(this.#place)
    if (running !== undefined) {
      process.kill(running.pid, 'SIGINT')
      if (!(await this.#gone(stopTimeoutMs))) process.kill(running.pid, 'SIGQUIT')
      await this.#gone(stopTimeoutMs)
    }
    this.#lock[Symbol.dispose]()
  }

  async #begin(): Promise<void> {
    const running = readPostmasterFile(this.#place)
    if (running !== undefined) {
      if (!running.stopping && running.socketDirectory === this.#place.socketDirectory) {
        this.#logger.info('Adopting the embedded PostgreSQL that an earlier server left running')
        await this.#untilReady()
        this.#watchAdopted(running.pid)
        return
      }
      process.kill(running.pid, 'SIGINT')
      await this.#gone(stopTimeoutMs)
    }
    if (!existsSync(join(this.#place.cluster, 'global', 'pg_control'))) {
      // What an interrupted initdb left is worth nothing.
      rmSync(this.#place.cluster, { recursive: true, force: true })
      await initializeCluster(this.#place)
    }
    await this.#spawnPatiently()
  }

  /** Backends of a postmaster that was killed may need a moment to notice; PostgreSQL refuses to start beside them. */
  async #spawnPatiently(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#spawn()
        return
      } catch (error) {
        if (attempt >= startAttemptsMax) throw error
      }
      await pause(restartPauseMs)
    }
  }

  async #spawn(): Promise<void> {
    disownStaleFiles(this.#place)
    const child = spawnPostmaster(this.#place)
    this.#child = child
    child.once('error', (error) =>
      this.#logger.error({ err: error }, 'PostgreSQL cannot be started'),
    )
    await this.#untilReady()
    if (hasEnded(child)) throw new StartError('The embedded PostgreSQL ended at once')
    child.once('exit', () => this.#revive())
  }

  /** After a crash of PostgreSQL alone: start it again until it stays, or until it is to stop. */
  #revive(): void {
    if (this.#stopping) return
    this.#logger.warn('The embedded PostgreSQL ended by itself and is started again')
    this.#reviving = this.#restart()
  }

  async #restart(): Promise<void> {
    while (!this.#stopping) {
      await pause(restartPauseMs)
      try {
        await this.#spawn()
        return
      } catch (error) {
        this.#logger.error((error as Error).message)
      }
    }
  }

  /** An adopted one is no child of this process: look after it by its pid. */
  #watchAdopted(pid: number): void {
    const timer = setInterval(() => {
      if (!this.#stopping && readPostmasterFile(this.#place)?.pid === pid) return
      clearInterval(timer)
      this.#revive()
    }, 1_000)
    timer.unref()
  }

  async #untilReady(): Promise<void> {
    const start = performance.now()
    while (readPostmasterFile(this.#place)?.ready !== true) {
      const ended = this.#child !== undefined && hasEnded(this.#child)
      if (ended || performance.now() - start > startTimeoutMs) {
        throw new StartError(`The embedded PostgreSQL did not start: ${await this.#lastWords()}`)
      }
      await pause(pollMs)
    }
  }

  /** @returns whether PostgreSQL ended within the time */
  async #gone(timeoutMs: number): Promise<boolean> {
    const start = performance.now()
    while (readPostmasterFile(this.#place) !== undefined) {
      if (performance.now() - start > timeoutMs) return false
      await pause(pollMs)
    }
    return true
  }

  async #lastWords(): Promise<string> {
    const log = await readFile(this.#place.logFile, 'utf8').catch(() => '')
    return `${log.trim().split('\n').slice(-3).join(' / ')} (see ${this.#place.logFile})`
  }
}

function addressOf({ socketDirectory }: PostgresPlace): Address {
  return {
    host: socketDirectory,
    port: embeddedPort,
    database: embeddedDatabase,
    user: embeddedUser,
    poolMax,
  }
}

function lockFileOf(place: PostgresPlace): string {
  return join(dirname(place.cluster), 'server.lock')
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined
}
