import { RedisServer } from '../remote-stores/redis-server.ts'

/** Set to `valkey`, online sessions of every server are in a Redis, one for each database. */
const variable = 'HOLDFAST_TEST_SESSIONS'
/** What a test that chooses these itself is about. */
const own = ['--cache-remote', '--features', '--cache-embedded']

const servers = new Map<string, Promise<RedisServer>>()

/** @returns whether this run wants the sessions of a server in a remote store; not where a test says something about it itself */
export function wantsRemoteSessions(command: string, options: readonly string[]): boolean {
  const serves = command === 'start-dev' || command === 'start'
  const chosen = options.some((option) => own.some((name) => option.startsWith(name)))
  return process.env[variable] === 'valkey' && serves && !chosen
}

/** Options of a server; those that share a database share a store, since copies of a database have the same realms. */
export async function remoteSessionOptions(databaseUrl: string): Promise<string[]> {
  let starting = servers.get(databaseUrl)
  if (starting === undefined) {
    starting = RedisServer.start()
    servers.set(databaseUrl, starting)
    const redis = await starting
    process.once('exit', () => redis.signal('SIGKILL'))
  }
  return [
    '--features-disabled=persistent-user-sessions',
    '--cache-remote-type=valkey',
    `--cache-remote-host=127.0.0.1:${(await starting).port}`,
    '--cache-remote-tls-enabled=false',
  ]
}

/** Whether every session of this run is a row, as tests want that look at rows. */
export const sessionsAreRows = process.env[variable] === undefined
