import type { Server } from 'node:http'
import { createServer, type Server as NetServer, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { type ProxiedConnection, proxyHeaderBytesMax, readProxyHeader } from './proxy-protocol.ts'

/** A proxy says at once whom it speaks for. */
const headerTimeoutMs = 5_000

/**
 * Takes connections in the place of an HTTP server, reads whom the proxy speaks for, and hands them on: from then on their
 * remote address is the client's. A connection that does not begin with the header is ended: it did not come by the proxy.
 */
export class ProxyProtocolListener {
  readonly #server: Server
  readonly #front: NetServer
  /** Clients of encrypted connections, by the proxy's end of them. */
  readonly #clients = new Map<string, ProxiedConnection>()

  /** @param server does not listen itself */
  constructor(server: Server) {
    this.#server = server
    this.#front = createServer({ pauseOnConnect: false }, (socket) => this.#take(socket))
    server.prependListener('secureConnection', (socket: TLSSocket) => {
      const client = this.#clients.get(placeOf(socket))
      if (client !== undefined) pretend(socket, client)
    })
  }

  /** What listens. */
  get front(): NetServer {
    return this.#front
  }

  #take(socket: Socket): void {
    let seen = Buffer.alloc(0)
    socket.setTimeout(headerTimeoutMs, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    const read = (): void => {
      const bytes = socket.read() as Buffer | null
      if (bytes === null) return
      seen = Buffer.concat([seen, bytes])
      try {
        const header = readProxyHeader(seen)
        if (header !== undefined) {
          socket.off('readable', read)
          this.#handOn(socket, header.source, seen.subarray(header.length))
        } else if (seen.length > proxyHeaderBytesMax) socket.destroy()
      } catch {
        socket.destroy()
      }
    }
    socket.on('readable', read)
  }

  #handOn(socket: Socket, client: ProxiedConnection | undefined, rest: Buffer): void {
    socket.setTimeout(0)
    socket.removeAllListeners('timeout')
    if (client !== undefined) {
      const place = placeOf(socket)
      this.#clients.set(place, client)
      socket.once('close', () => this.#clients.delete(place))
      pretend(socket, client)
    }
    if (rest.length > 0) socket.unshift(rest)
    this.#server.emit('connection', socket)
  }
}

/** A connection by the far end's real address: no two that live have the same. */
function placeOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function pretend(socket: Socket, { address, port }: ProxiedConnection): void {
  Object.defineProperty(socket, 'remoteAddress', { value: address, configurable: true })
  Object.defineProperty(socket, 'remotePort', { value: port, configurable: true })
}
