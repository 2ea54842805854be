import { chmodSync, rmSync } from 'node:fs'
import { connect, type Server, type Socket } from 'node:net'
import { type DialTarget, formatAddress, ListenRefused } from './transport.ts'

/** Of the connections that a server may hold, this part may come from one address. */
const shareOfOneAddress = 1 / 4

/**
 * Bounds how many connections a server holds, in all and from one address: nobody alone keeps the members out. A member
 * needs one, and behind address translation several members have one address.
 */
export function acceptLimit(server: Server, connectionsMax: number): void {
  server.maxConnections = connectionsMax
  const fromOneMax = Math.max(1, Math.floor(connectionsMax * shareOfOneAddress))
  const held = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket
    // A Unix socket has no address; only this user's processes open it.
    if (remoteAddress === undefined) return
    const before = held.get(remoteAddress) ?? 0
    if (before >= fromOneMax) {
      socket.destroy()
      return
    }
    held.set(remoteAddress, before + 1)
    socket.once('close', () => {
      const now = held.get(remoteAddress) ?? 0
      if (now <= 1) held.delete(remoteAddress)
      else held.set(remoteAddress, now - 1)
    })
  })
}

/**
 * Starts listening. A Unix socket left over by a dead process is removed first; one that answers is in use.
 * @throws ListenRefused
 */
export async function listenOn(server: Server, target: DialTarget): Promise<void> {
  const name = 'path' in target ? target.path : formatAddress(target.host, target.port)
  if ('path' in target && !(await answers(target.path))) rmSync(target.path, { force: true })
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => reject(new ListenRefused(name, error))
    server.once('error', refuse)
    // Exclusive: processes of one machine must not share the socket, each one is a member of its own.
    server.listen({ ...target, exclusive: true }, () => {
      server.off('error', refuse)
      resolve()
    })
  })
  // Only this user's processes may speak on it: the socket has no other authentication.
  if ('path' in target) chmodSync(target.path, 0o600)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
