import { createServer, connect as netConnect, type Socket } from 'node:net'
import { acceptLimit, listenOn } from './listen.ts'
import type { MeshPeer } from './mesh.ts'
import {
  type DialTarget,
  formatAddress,
  type MeshConnection,
  type MeshTransport,
  parseAddress,
} from './transport.ts'

/**
 * Without encryption: a Unix socket among the workers of one machine (only the same user may open it), or TCP when
 * `cache-embedded-mtls-enabled=false` leaves the protection to a service mesh (see requirePrivateAddress).
 */
export class PlainTransport implements MeshTransport {
  readonly #target: DialTarget
  readonly #server = createServer({ noDelay: true })

  constructor(target: DialTarget, connectionsMax: number) {
    this.#target = target
    acceptLimit(this.#server, connectionsMax)
  }

  listen(onConnection: (connection: MeshConnection) => void): Promise<void> {
    this.#server.on('connection', (socket) => onConnection(connectionOf(socket)))
    return listenOn(this.#server, this.#target)
  }

  connect(peer: MeshPeer, timeoutMs: number): Promise<MeshConnection> {
    const target = parseAddress(peer.addr ?? '')
    if (target === null) return Promise.reject(new Error(`${peer.addr} is no address`))
    const socket = netConnect({ ...target, noDelay: true })
    return new Promise((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException) => {
        clearTimeout(timer)
        socket.destroy()
        reject(new Error(error.code ?? error.message))
      }
      const timer = setTimeout(() => fail(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
      socket.once('error', fail)
      socket.once('connect', () => {
        clearTimeout(timer)
        socket.off('error', fail)
        resolve(connectionOf(socket))
      })
    })
  }

  async close(): Promise<void> {
    if (this.#server.listening) this.#server.close()
  }
}

function connectionOf(socket: Socket): MeshConnection {
  const remote = socket.remoteAddress
    ? formatAddress(socket.remoteAddress, socket.remotePort ?? 0)
    : 'unix socket'
  return { stream: socket, remote, provenNode: 'any' }
}
