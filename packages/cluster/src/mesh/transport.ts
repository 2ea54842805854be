import type { Duplex } from 'node:stream'
import type { MeshPeer } from './mesh.ts'

/** One open connection, authenticated as far as the transport does that. */
export interface MeshConnection {
  readonly stream: Duplex
  /** For log lines: the other end's address. */
  readonly remote: string
  /**
   * The node that the peer's certificate names, `any` when the transport or the operator's own certificates name none.
   */
  readonly provenNode: string | 'any'
}

/** How connections to members are made: TLS over TCP, plain TCP, or a Unix socket among workers of one machine. */
export interface MeshTransport {
  /**
   * @param onConnection receives each connection that the transport accepted
   * @param onRefused is told why it refused one
   * @throws ListenRefused when the address cannot be used
   */
  listen(
    onConnection: (connection: MeshConnection) => void,
    onRefused: (reason: string, remote: string) => void,
  ): Promise<void>
  /** @throws when the connection is not there within `timeoutMs` */
  connect(peer: MeshPeer, timeoutMs: number): Promise<MeshConnection>
  /** Stops listening; connections go on until their owners close them. */
  close(): Promise<void>
}

/** The node cannot listen where its settings say: stops the start with this one line. */
export class ListenRefused extends Error {
  constructor(address: string, cause: NodeJS.ErrnoException) {
    const why =
      cause.code === 'EADDRINUSE'
        ? 'the port is in use; set cache-embedded-network-bind-port to a free one'
        : cause.code === 'EADDRNOTAVAIL'
          ? 'this machine has no such address; set cache-embedded-network-bind-address'
          : cause.message
    super(`cannot listen for cluster members on ${address}: ${why}`)
  }
}

/** Where to dial: a TCP endpoint or the path of a Unix socket. */
export type DialTarget =
  | { readonly host: string; readonly port: number }
  | { readonly path: string }

/**
 * @param addr `host:port`, `[ipv6]:port` or `unix:/path`
 * @returns where to dial, or null when `addr` is none of these
 */
export function parseAddress(addr: string): DialTarget | null {
  if (addr.startsWith('unix:')) return { path: addr.slice('unix:'.length) }
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(addr)
  if (match === null) return null
  const port = Number(match[3])
  if (port < 1 || port > 65_535) return null
  return { host: (match[1] ?? match[2]) as string, port }
}

/** The inverse of parseAddress for TCP; brackets an IPv6 host. */
export function formatAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
