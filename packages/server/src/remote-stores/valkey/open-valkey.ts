import { isIP } from 'node:net'
import { createClient, createCluster, createSentinel } from '@redis/client'
import { randomBase64Url } from '../../shared/random.ts'
import { type RemoteConnection, RemoteStoreRefused } from '../remote-connection.ts'
import type { RemoteAddress, RemoteStoreSettings } from '../remote-store-settings.ts'
import { facts, type ServerFacts } from './server-facts.ts'
import { type ValkeyClient, ValkeyConnection } from './valkey-connection.ts'
import { refusalOf } from './valkey-refusals.ts'

/** Longest that one address is tried. */
const connectMs = 1_500
/** How often Sentinels are asked for the master. */
const sentinelScanMs = 1_000
/** Commands that may wait for their answers; more are refused. */
const commandsMax = 10_000
const majorMin = 7
/** Of base64url: the 16 letters of a version. */
const versionBytes = 12
const probeKey = 'holdfast:probe'
const probeMs = 10_000

/** A client with what is needed while it is opened. */
type Client = ValkeyClient & { connect(): Promise<unknown> }

/**
 * Opens a connection to Valkey or Redis: to one server, to the master that Sentinels name, or to a cluster. Which of these it
 * is, the server says that is reached first.
 * @param warn told what is unwise about the store
 * @throws RemoteStoreRefused; what the last address failed with
 */
export async function openValkey(
  settings: RemoteStoreSettings,
  warn: (line: string) => void,
): Promise<RemoteConnection> {
  let failure: unknown
  for (const address of settings.addresses) {
    try {
      return await openAt(address, settings, warn)
    } catch (error) {
      failure = refusalOf(error, settings)
      if (failure instanceof RemoteStoreRefused) throw failure
    }
  }
  throw failure
}

async function openAt(
  address: RemoteAddress,
  settings: RemoteStoreSettings,
  warn: (line: string) => void,
): Promise<RemoteConnection> {
  const found = await factsAt(address, settings)
  if (found.mode === 'standalone') return await usable(single(address, settings), warn)
  if (found.mode === 'cluster') return await usable(cluster(settings), warn)
  const master = settings.sentinelMaster ?? found.masters[0]
  if (master === undefined || (found.masters.length > 1 && settings.sentinelMaster === undefined)) {
    throw new RemoteStoreRefused(
      `its Sentinels watch ${found.masters.join(', ') || 'nothing'}: name one by cache-remote-sentinel-master`,
    )
  }
  return await usable(sentinel(master, found.open, settings), warn)
}

/** Sentinels may take no credentials where the servers that they watch do. */
async function factsAt(
  address: RemoteAddress,
  settings: RemoteStoreSettings,
): Promise<ServerFacts & { readonly open: boolean }> {
  try {
    return { ...(await factsOf(single(address, settings))), open: false }
  } catch (error) {
    const refused = refusalOf(error, settings) instanceof RemoteStoreRefused
    if (!refused || settings.password === undefined) throw error
    const open = { ...settings, username: undefined, password: undefined }
    const found = await factsOf(single(address, open)).catch(() => null)
    if (found?.mode !== 'sentinel') throw error
    return { ...found, open: true }
  }
}

async function factsOf(client: ReturnType<typeof single>): Promise<ServerFacts> {
  try {
    await client.connect()
    return await facts((...command) => client.sendCommand<unknown>(command), majorMin)
  } finally {
    if (client.isOpen) client.destroy()
  }
}

function socketOf(settings: RemoteStoreSettings) {
  // Another connection is opened by whoever notices that this one is lost.
  const socket = { connectTimeout: connectMs, reconnectStrategy: false } as const
  return settings.tls === undefined ? socket : { ...socket, ...settings.tls, tls: true as const }
}

function login({ username, password }: RemoteStoreSettings) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  }
}

function single({ host, port }: RemoteAddress, settings: RemoteStoreSettings) {
  const named = settings.tls === undefined || isIP(host) !== 0 ? {} : { servername: host }
  const client = createClient({
    ...login(settings),
    RESP: 2,
    disableOfflineQueue: true,
    commandsQueueMaxLength: commandsMax,
    socket: { ...socketOf(settings), ...named, host, port },
  })
  return client.on('error', ignored)
}

function cluster(settings: RemoteStoreSettings) {
  const client = createCluster({
    RESP: 2,
    rootNodes: settings.addresses.map((address) => ({ socket: address })),
    defaults: {
      ...login(settings),
      commandsQueueMaxLength: commandsMax,
      socket: { ...socketOf(settings), reconnectStrategy: reconnectWithin },
    },
  })
  return client.on('error', ignored)
}

function sentinel(name: string, open: boolean, settings: RemoteStoreSettings) {
  const socket = { ...socketOf(settings), reconnectStrategy: reconnectWithin }
  const client = createSentinel({
    name,
    RESP: 2,
    sentinelRootNodes: settings.addresses.map(({ host, port }) => ({ host, port })),
    scanInterval: sentinelScanMs,
    nodeClientOptions: { ...login(settings), commandsQueueMaxLength: commandsMax, socket },
    sentinelClientOptions: { ...(open ? {} : login(settings)), socket },
  })
  client.on('error', ignored)
  client.on('client-error', ignored)
  return client
}

/** Nodes come and go below one connection to all of them. */
const reconnectWithin = (retries: number) => Math.min(50 * 2 ** retries, 1_000) * Math.random()

/** What happens to a connection shows in the operations on it. */
function ignored(): void {
  return undefined
}

/** Compares and sets by a script; one that does not run them would lose updates. */
async function usable(given: unknown, warn: (line: string) => void): Promise<RemoteConnection> {
  const client = given as Client
  const connection = new ValkeyConnection({
    client,
    newVersion: () => randomBase64Url(versionBytes),
  })
  try {
    await client.connect()
    await requireScripts(client)
    const policy = await evictionOf(client)
    if (policy !== undefined && policy !== 'noeviction') {
      warn(
        `The remote store evicts by maxmemory-policy=${policy}: failed logins may be forgotten; noeviction keeps them`,
      )
    }
    return connection
  } catch (error) {
    connection.destroy()
    throw error
  }
}

async function requireScripts(client: Client): Promise<void> {
  const script = "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 7"
  const answer = await client
    .eval(script, { keys: [probeKey], arguments: ['', String(probeMs)] })
    .catch((error: Error) => error)
  if (Number(answer) === 7) return
  const text = answer instanceof Error ? answer.message : String(answer)
  throw new RemoteStoreRefused(`it does not run scripts that set keys with an end: ${text}`)
}

/** @returns undefined where the store does not say, as managed ones may not */
async function evictionOf(client: Client): Promise<string | undefined> {
  const memory = client as unknown as { info?(section: string): Promise<string> }
  const text = await Promise.resolve(memory.info?.('memory')).catch(() => undefined)
  return text === undefined ? undefined : /^maxmemory_policy:(\S+)/m.exec(String(text))?.[1]
}
