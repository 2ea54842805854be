import { formatAddress } from '../mesh/transport.ts'
import type { Discovery } from './discovery.ts'

/** How names are asked. */
export interface DnsResolver {
  /**
   * Addresses of both families, as the system resolves names: a pod's search list makes `SERVICE.NAMESPACE.svc` whole, which
   * questions that go to a name server past the system do not know.
   */
  addressesOf(name: string): Promise<string[]>
  resolveSrv(name: string): Promise<{ name: string; port: number }[]>
}

/**
 * The `kubernetes` stack: the name of a headless service gives the address of every pod, asked anew each time. A name
 * that begins with an underscore is asked as SRV, which carries ports; else its addresses with this node's own port.
 */
export class DnsDiscovery implements Discovery {
  readonly #query: string
  readonly #port: number
  readonly #resolver: DnsResolver

  constructor(query: string, port: number, resolver: DnsResolver) {
    this.#query = query
    this.#port = port
    this.#resolver = resolver
  }

  get description(): string {
    return `DNS ${this.#query}`
  }

  async find(): Promise<string[]> {
    if (!this.#query.startsWith('_')) return this.#addressesOf(this.#query, this.#port)
    const records = await this.#resolver.resolveSrv(this.#query)
    const found = await Promise.all(records.map(({ name, port }) => this.#addressesOf(name, port)))
    return found.flat()
  }

  async close(): Promise<void> {
    // Nothing is held open between questions.
  }

  async #addressesOf(name: string, port: number): Promise<string[]> {
    const found = await this.#resolver.addressesOf(name)
    return found.map((address) => formatAddress(address, port))
  }
}
