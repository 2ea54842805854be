import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from './account.ts'

/** What `postmaster.pid` says of a running server (its line format is PostgreSQL's own: pid, data, start, port, socket, …, status). */
export interface PostmasterFile {
  readonly pid: number
  readonly socketDirectory: string
  readonly ready: boolean
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

const connectionsMax = 300

/** @returns what the pid file says; undefined when there is none or its process is no PostgreSQL on this data */
export function readPostmasterFile(place: PostgresPlace): PostmasterFile | undefined {
  const text = readText(join(place.cluster, 'postmaster.pid'))
  const lines = text?.split('\n') ?? []
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0 || !isPostgresOn(pid, place.cluster)) return undefined
  return { pid, socketDirectory: lines[4] ?? '', ready: (lines[7] ?? '').startsWith('ready') }
}

/** Removes a pid file whose process is gone or is something else by now: PostgreSQL itself would believe a reused pid. */
export function removeStalePostmasterFile(place: PostgresPlace): void {
  if (readPostmasterFile(place) === undefined) {
    rmSync(join(place.cluster, 'postmaster.pid'), { force: true })
  }
}

/** Starts PostgreSQL; it logs to its own file, and no signal of this process's terminal reaches it. */
export function spawnPostmaster(place: PostgresPlace): ChildProcess {
  const log = openSync(place.logFile, 'a', 0o600)
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
  return spawn(join(place.binaries, 'bin', 'postgres'), ['-D', place.cluster, ...args], {
    cwd: place.cluster,
    detached: true,
    stdio: ['ignore', log, log],
    env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' },
    ...(place.account === undefined ? {} : { uid: place.account.uid, gid: place.account.gid }),
  })
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
