import { chmodSync, rmSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { type DialTarget, formatAddress, ListenRefused } from './transport.ts'

/** Bounds how many connections a server holds, and keeps it from holding the process. */
export function acceptLimit(server: Server, connectionsMax: number): void {
  server.maxConnections = connectionsMax
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
