import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from './account.ts'

/** What `postmaster.pid` says of a running server (its line format is PostgreSQL's own: pid, data, start, port, socket, …, status). */
export interface PostmasterFile {
  readonly pid: number
  readonly socketDirectory: string
  readonly ready: boolean
  readonly stopping: boolean
}

/** Where the parts of an embedded PostgreSQL are. */
export interface PostgresPlace {
  readonly binaries: string
  /** PostgreSQL's data directory. */
  readonly cluster: string
  readonly socketDirectory: string
  readonly logFile: string
  readonly account: Account | undefined
}

/** Name of the database and of its only role; the socket's directory keeps everybody else out. */
export const embeddedDatabase = 'postgres'
export const embeddedUser = 'holdfast'
/** Part of the socket's file name; no TCP port is opened. */
export const embeddedPort = 5432

/** Above what any kernel gives out (Linux: 4194303). */
const impossiblePid = 4_194_304

const connectionsMax = 300
const logBytesMax = 10 * 1024 * 1024

/** @returns what the pid file says; undefined when there is none or its process is no PostgreSQL on this data */
export function readPostmasterFile(place: PostgresPlace): PostmasterFile | undefined {
  const text = readText(join(place.cluster, 'postmaster.pid'))
  const lines = text?.split('\n') ?? []
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isPostgresOn(pid, place.cluster)) return undefined
  const status = lines[7] ?? ''
  return {
    pid,
    socketDirectory: lines[4] ?? '',
    ready: status.startsWith('ready'),
    stopping: status.startsWith('stopping'),
  }
}

/**
 * Makes the lock files of a server that is gone look so. PostgreSQL would believe a pid that something else has by now, or
 * that nobody has reaped. Only the pid is replaced: what the file says of shared memory stays, by which PostgreSQL
 * recognises orphaned backends and refuses to start beside them.
 */
export function disownStaleFiles(place: PostgresPlace): void {
  if (readPostmasterFile(place) !== undefined) return
  const file = join(place.cluster, 'postmaster.pid')
  const text = readText(file)
  if (text !== undefined) writeFileSync(file, text.replace(/^\d+/, String(impossiblePid)))
  rmSync(join(place.socketDirectory, `.s.PGSQL.${embeddedPort}.lock`), { force: true })
}

/** Starts PostgreSQL; it logs to its own file, and no signal of this process's terminal reaches it. */
export function spawnPostmaster(place: PostgresPlace): ChildProcess {
  const log = openSync(place.logFile, isLong(place.logFile) ? 'w' : 'a', 0o600)
  const identity = place.account === undefined ? {} : pickIdentity(place.account)
  const settings: Readonly<Record<string, string>> = {
    listen_addresses: '',
    port: String(embeddedPort),
    unix_socket_directories: place.socketDirectory,
    unix_socket_permissions: '0700',
    max_connections: String(connectionsMax),
    shared_buffers: '128MB',
    wal_compression: 'on',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(join(place.binaries, 'bin', 'postgres'), ['-D', place.cluster, ...args], {
    cwd: place.cluster,
    detached: true,
    stdio: ['ignore', log, log],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    ...identity,
  })
  closeSync(log)
  return child
}

/** Beyond its bound the log starts anew: nobody else rotates it. */
function isLong(file: string): boolean {
  return (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax
}

function pickIdentity({ uid, gid }: Account): Pick<Account, 'uid' | 'gid'> {
  return { uid, gid }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** A postmaster's command line names its data; where there is no /proc, being alive has to do. */
function isPostgresOn(pid: number, cluster: string): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const command = readText(`/proc/${pid}/cmdline`)
  return command === undefined ? process.platform !== 'linux' : command.includes(cluster)
}
