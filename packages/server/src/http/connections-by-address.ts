import type { IncomingMessage } from 'node:http'
import type { Server as NetServer, Socket } from 'node:net'
import { networkOfAddress } from '../shared/network-of-address.ts'
import { ForwardingHeaders, plainAddress } from './client-address.ts'
import type { HttpSettings } from './http-settings.ts'

/** A line about refused connections is written no more often than this. */
const tellEveryMs = 60_000

export interface ConnectionsByAddressDeps {
  readonly settings: Pick<HttpSettings, 'connectionsPerAddressMax' | 'proxy'>
  /** Told once a minute at most. */
  readonly onTooMany?: ((network: string) => void) | undefined
}

/**
 * Bounds the connections that one client holds on all listeners: by its IPv4 address, or its network of IPv6. Proxies whose
 * headers are believed hold those of everybody and are not bounded.
 */
export class ConnectionsByAddress {
  readonly #max: number
  readonly #headers: ForwardingHeaders | undefined
  readonly #onTooMany: ConnectionsByAddressDeps['onTooMany']
  readonly #open = new Map<string, number>()
  #toldAt = -Infinity

  constructor({ settings, onTooMany }: ConnectionsByAddressDeps) {
    this.#max = settings.connectionsPerAddressMax ?? 0
    this.#headers =
      settings.proxy.headers === undefined ? undefined : new ForwardingHeaders(settings.proxy)
    this.#onTooMany = onTooMany
  }

  /** Ends connections to a server beyond the bound before anything is read from them. */
  follow(server: NetServer): void {
    if (this.#max > 0) server.prependListener('connection', (socket: Socket) => this.#take(socket))
  }

  #take(socket: Socket): void {
    if (this.#headers?.isTrusted({ socket } as IncomingMessage)) return
    const network = networkOfAddress(plainAddress(socket.remoteAddress ?? ''))
    const open = this.#open.get(network) ?? 0
    if (open >= this.#max) {
      socket.destroy()
      this.#tell(network)
      return
    }
    this.#open.set(network, open + 1)
    socket.once('close', () => {
      const left = (this.#open.get(network) ?? 1) - 1
      if (left > 0) this.#open.set(network, left)
      else this.#open.delete(network)
    })
  }

  #tell(network: string): void {
    const now = performance.now()
    if (now - this.#toldAt < tellEveryMs) return
    this.#toldAt = now
    this.#onTooMany?.(network)
  }
}
