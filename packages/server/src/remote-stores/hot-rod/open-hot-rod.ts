import { once } from 'node:events'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectEncrypted } from 'node:tls'
import {
  RemoteCacheDegraded,
  type RemoteCacheName,
  type RemoteConnection,
  RemoteStoreRefused,
} from '../remote-connection.ts'
import type { RemoteAddress, RemoteStoreSettings } from '../remote-store-settings.ts'
import { within } from '../within.ts'
import { cacheTemplate } from './cache-template.ts'
import { HotRodConnection } from './hot-rod-connection.ts'
import { operations } from './hot-rod-protocol.ts'
import { HotRodError, HotRodSocket } from './hot-rod-socket.ts'
import { isStarting } from './is-starting.ts'
import { saslConversation } from './sasl.ts'

/** Longest that a connection is waited for. */
const connectMs = 1_500
/** Longest that anything is waited for until it can be used: a server may make caches. */
const stepMs = 3_000
/** A login takes no more messages than this. */
const saslStepsMax = 5
const probeKey = 'holdfast-probe'
/** Servers that are remembered at most. */
const serversMax = 100

const encryption = /^(?:ERR_SSL|ERR_TLS|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|HOSTNAME_)/

/** @returns what opens one connection after the other, and remembers the servers that it has heard of */
export function hotRodOpener(settings: RemoteStoreSettings): () => Promise<RemoteConnection> {
  let heard: readonly RemoteAddress[] = []
  let turn = 0
  return async () => {
    const known = new Map(
      [...settings.addresses, ...heard].map((address) => [
        `${address.host}:${address.port}`,
        address,
      ]),
    )
    const candidates = [...known.values()]
    // The last one has failed, or there was none.
    const first = turn++ % candidates.length
    const ordered = [...candidates.slice(first), ...candidates.slice(0, first)]
    let failure: unknown
    for (const address of ordered) {
      try {
        if (await isStarting(address, settings)) throw new Error('it is still starting')
        const socket = await openSocket(address, settings, (servers) => {
          heard = servers.slice(0, serversMax)
        })
        return await usable(socket, address, settings)
      } catch (error) {
        failure = explained(error, settings)
      }
    }
    throw failure
  }
}

async function openSocket(
  { host, port }: RemoteAddress,
  { tls }: RemoteStoreSettings,
  onServers: (servers: readonly RemoteAddress[]) => void,
): Promise<HotRodSocket> {
  const named = isIP(host) === 0 ? { servername: host } : {}
  const socket: Socket =
    tls === undefined ? connect({ host, port }) : connectEncrypted({ host, port, ...named, ...tls })
  socket.setNoDelay(true)
  try {
    await within(connectMs, once(socket, tls === undefined ? 'connect' : 'secureConnect'))
  } catch (error) {
    socket.on('error', () => undefined)
    socket.destroy()
    throw error
  }
  return new HotRodSocket(socket, onServers)
}

async function usable(
  socket: HotRodSocket,
  address: RemoteAddress,
  settings: RemoteStoreSettings,
): Promise<RemoteConnection> {
  try {
    await within(stepMs, authenticate(socket, address, settings))
    const connection = new HotRodConnection(socket)
    await within(stepMs, connection.ping())
    const names: RemoteCacheName[] = ['authenticationSessions', 'loginFailures']
    if (settings.singleUse) names.push('actionTokens')
    if (settings.sessions) names.push('sessions', 'clientSessions')
    for (const name of names) {
      await requireCache({ socket, connection, name, settings })
    }
    return connection
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function authenticate(
  socket: HotRodSocket,
  { host }: RemoteAddress,
  { username, password, tls }: RemoteStoreSettings,
): Promise<void> {
  if (username === undefined || password === undefined) return
  const offered = await socket.ask(
    { operation: operations.mechanisms, cache: '' },
    () => undefined,
    (reader) => Array.from({ length: reader.variable() }, () => reader.text()),
  )
  const conversation = saslConversation(offered, { username, password, host }, tls !== undefined)
  if (conversation === null) {
    throw new RemoteStoreRefused(
      `it offers no way to log in that is taken here: ${offered.join(', ') || 'none'}`,
    )
  }
  const say = async (bytes: Buffer) =>
    await socket.ask(
      { operation: operations.authenticate, cache: '' },
      (writer) => writer.text(conversation.mechanism).array(bytes),
      (reader) => ({ complete: reader.byte() !== 0, challenge: Buffer.from(reader.array()) }),
    )
  let said = await say(conversation.first)
  for (let step = 0; step < saslStepsMax && !conversation.finished; step += 1) {
    const answer = conversation.answer(said.challenge)
    // Infinispan's last message has its own proof, to which there is nothing to say.
    if (conversation.finished || said.complete) break
    said = await say(answer)
  }
  if (conversation.finished) return
  throw new RemoteStoreRefused('the login at the store does not come to an end')
}

/** A cache that is not there is made. */
async function requireCache({
  socket,
  connection,
  name,
  settings,
}: {
  readonly socket: HotRodSocket
  readonly connection: RemoteConnection
  readonly name: RemoteCacheName
  readonly settings: RemoteStoreSettings
}): Promise<void> {
  // A ping is answered to anybody; what is needed is that entries may be read.
  const look = () => connection.get(name, probeKey)
  try {
    await within(stepMs, look())
    return
  } catch (error) {
    // It is there, and what it is kept in is away: whoever needs it is told so each time.
    if (error instanceof RemoteCacheDegraded) return
    if (!(error instanceof HotRodError)) throw error
    if (isCredentials(error)) throw error
  }
  const parameters = { name, template: cacheTemplate(name, settings.backupSites) }
  try {
    await within(stepMs, create(socket, parameters))
    await within(stepMs, look())
  } catch (error) {
    if (!(error instanceof HotRodError)) throw error
    throw new RemoteStoreRefused(
      `its cache ${name} is not there and cannot be made: ${error.message}`,
      { cause: error },
    )
  }
}

async function create(
  socket: HotRodSocket,
  { name, template }: { readonly name: string; readonly template: string },
): Promise<void> {
  await socket.ask(
    { operation: operations.execute, cache: '' },
    (writer) =>
      writer
        .text('@@cache@getorcreate')
        .variable(2)
        .text('name')
        .text(name)
        .text('configuration')
        .text(template),
    (reader) => reader.array(),
  )
}

function isCredentials(error: HotRodError): boolean {
  return /ISPN006017|ELY\d+|ISPN000287|SaslException/.test(error.message)
}

/** Says which setting does not fit. */
function explained(error: unknown, { tls }: RemoteStoreSettings): unknown {
  if (error instanceof RemoteStoreRefused || !(error instanceof Error)) return error
  const code = String((error as { code?: unknown }).code ?? '')
  if (error instanceof HotRodError && isCredentials(error)) {
    return new RemoteStoreRefused(
      `it does not take cache-remote-username and cache-remote-password: ${error.message}`,
      { cause: error },
    )
  }
  if (error instanceof HotRodError) {
    return new RemoteStoreRefused(error.message, { cause: error })
  }
  if (tls !== undefined && (encryption.test(code) || error.message.includes('certificate'))) {
    return new RemoteStoreRefused(`TLS failed (cache-remote-tls-enabled): ${error.message}`, {
      cause: error,
    })
  }
  if (
    /ended the connection|ECONNRESET|none of Hot Rod|no answer/.test(`${code} ${error.message}`)
  ) {
    const expected = tls === undefined ? 'expects TLS' : 'speaks no TLS'
    return new Error(
      `${error.message}; perhaps it ${expected} (cache-remote-tls-enabled is ${tls !== undefined})`,
      { cause: error },
    )
  }
  return error
}
