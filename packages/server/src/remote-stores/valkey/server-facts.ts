import { RemoteStoreRefused } from '../remote-connection.ts'

/** What a server says of itself. */
export interface ServerFacts {
  readonly mode: 'standalone' | 'sentinel' | 'cluster'
  /** Names of what a Sentinel watches. */
  readonly masters: readonly string[]
}

/**
 * Asks a server what it is.
 * @param send one command
 * @param majorMin oldest version of Redis, or of what Valkey says it is compatible with
 * @throws RemoteStoreRefused for what is none, or too old
 */
export async function facts(
  send: (...command: string[]) => Promise<unknown>,
  majorMin: number,
): Promise<ServerFacts> {
  const text = String(await send('INFO', 'server'))
  const version = /^redis_version:(\d+)\.(\S+)/m.exec(text)
  if (version === null) {
    throw new RemoteStoreRefused(
      'it is neither Valkey nor Redis; cache-remote-type=infinispan speaks Hot Rod',
    )
  }
  const [, major, rest] = version
  if (Number(major) < majorMin) {
    throw new RemoteStoreRefused(`it is Redis ${major}.${rest}: ${majorMin} or later is needed`)
  }
  const mode = /^(?:redis|server)_mode:(\w+)/m.exec(text)?.[1]
  if (mode === 'cluster') return { mode, masters: [] }
  if (mode !== 'sentinel') return { mode: 'standalone', masters: [] }
  const masters = (await send('SENTINEL', 'MASTERS')) as unknown[]
  return { mode, masters: masters.map(nameOf) }
}

/** A master is told as names and values by turns. */
function nameOf(master: unknown): string {
  const fields = Array.isArray(master) ? master.map(String) : []
  return fields[fields.indexOf('name') + 1] ?? ''
}
