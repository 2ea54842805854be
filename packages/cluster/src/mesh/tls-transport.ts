import { isIP } from 'node:net'
import { createSecureContext, createServer, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { acceptLimit, listenOn } from './listen.ts'
import type { MeshPeer } from './mesh.ts'
import { nodeNamedBy } from './node-identity.ts'
import {
  formatAddress,
  type MeshConnection,
  type MeshTransport,
  parseAddress,
} from './transport.ts'

/** What a node shows to others and what it accepts from them. All PEM, except `pfx`. */
export interface MeshCredentials {
  readonly key?: string
  readonly cert?: string
  readonly pfx?: Buffer
  readonly passphrase?: string
  /** Certificates that a peer's must chain to: one per generation still trusted. */
  readonly ca: readonly string[]
  /** Whether certificates name cluster and node (generated ones do, an operator's own need not). */
  readonly namesNodes: boolean
}

export interface TlsTransportDeps {
  readonly cluster: string
  readonly host: string
  readonly port: number
  readonly credentials: MeshCredentials
  readonly connectionsMax: number
  readonly handshakeTimeoutMs: number
}

/**
 * Mutual TLS 1.3 over TCP (cluster.md §9). Credentials are swapped while connections go on: the open ones keep what they
 * were opened with, new ones use the new.
 */
export class TlsTransport implements MeshTransport {
  readonly #deps: TlsTransportDeps
  #credentials: MeshCredentials
  readonly #server

  constructor(deps: TlsTransportDeps) {
    this.#deps = deps
    this.#credentials = deps.credentials
    this.#server = createServer({
      ...serverOptions(deps.credentials),
      handshakeTimeout: deps.handshakeTimeoutMs,
      noDelay: true,
    })
    acceptLimit(this.#server, deps.connectionsMax)
  }

  /** Uses `credentials` for every connection opened from now on. */
  useCredentials(credentials: MeshCredentials): void {
    this.#server.setSecureContext(serverOptions(credentials))
    this.#credentials = credentials
  }

  listen(
    onConnection: (connection: MeshConnection) => void,
    onRefused: (reason: string, remote: string) => void,
  ): Promise<void> {
    this.#server.on('secureConnection', (socket: TLSSocket) => {
      const connection = this.#connection(socket)
      if (connection !== null) return onConnection(connection)
      onRefused('its certificate names another cluster', remoteOf(socket))
      socket.destroy()
    })
    this.#server.on('tlsClientError', (error, socket) => {
      // Of a certificate that is not trusted the error itself only says that the connection was reset.
      const why = socket.authorizationError ?? reasonOf(error)
      onRefused(`TLS handshake failed: ${why}`, remoteOf(socket))
      // Node leaves it open after a handshake that took too long: silent ones would fill the place of members.
      socket.destroy()
    })
    return listenOn(this.#server, { host: this.#deps.host, port: this.#deps.port })
  }

  connect(peer: MeshPeer, timeoutMs: number): Promise<MeshConnection> {
    const target = parseAddress(peer.addr ?? '')
    if (target === null || !('host' in target)) {
      return Promise.reject(new Error(`${peer.addr} is no TCP address`))
    }
    const socket = tlsConnect({
      ...target,
      secureContext: createSecureContext(contextOptions(this.#credentials)),
      minVersion: 'TLSv1.3',
      rejectUnauthorized: true,
      servername: isIP(target.host) === 0 ? target.host : this.#deps.cluster,
      // The name to check is the node's own, in the certificate's SAN, not the host that was dialled.
      checkServerIdentity: () => undefined,
    })
    socket.setNoDelay(true)
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        clearTimeout(timer)
        socket.destroy()
        reject(error)
      }
      const timer = setTimeout(() => fail(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs)
      socket.once('error', (error) => fail(new Error(reasonOf(error))))
      socket.once('secureConnect', () => {
        clearTimeout(timer)
        const connection = this.#connection(socket)
        if (connection === null || !['any', peer.id].includes(connection.provenNode)) {
          return fail(new Error('its certificate names another cluster or node'))
        }
        socket.removeAllListeners('error')
        resolve(connection)
      })
    })
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      // `close` waits for connections; their owners end them, this only stops the listening.
      resolve()
    })
  }

  #connection(socket: TLSSocket): MeshConnection | null {
    if (!this.#credentials.namesNodes) {
      return { stream: socket, remote: remoteOf(socket), provenNode: 'any' }
    }
    const node = nodeNamedBy(socket.getPeerCertificate().subjectaltname, this.#deps.cluster)
    return node === null ? null : { stream: socket, remote: remoteOf(socket), provenNode: node }
  }
}

function contextOptions(credentials: MeshCredentials) {
  const { key, cert, pfx, passphrase, ca } = credentials
  return {
    ...(key === undefined ? {} : { key }),
    ...(cert === undefined ? {} : { cert }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ca: [...ca],
    minVersion: 'TLSv1.3' as const,
  }
}

function serverOptions(credentials: MeshCredentials) {
  return { ...contextOptions(credentials), requestCert: true, rejectUnauthorized: true }
}

function remoteOf(socket: { remoteAddress?: string | undefined; remotePort?: number | undefined }) {
  return formatAddress(socket.remoteAddress ?? 'unknown', socket.remotePort ?? 0)
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message
}
