import { formatAddress } from '../mesh/transport.ts'
import type { Discovery } from './discovery.ts'

/** The part of `node:dns/promises` that is used. */
export interface DnsResolver {
  resolve4(name: string): Promise<string[]>
  resolve6(name: string): Promise<string[]>
  resolveSrv(name: string): Promise<{ name: string; port: number }[]>
}

/**
 * The `kubernetes` stack: the name of a headless service gives the address of every pod, asked anew each time. A name
 * that begins with an underscore is asked as SRV, which carries ports; else A and AAAA with this node's own port.
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

  /** One family without an answer is usual; that both have none is the caller's to know. */
  async #addressesOf(name: string, port: number): Promise<string[]> {
    const asked = await Promise.allSettled([
      this.#resolver.resolve4(name),
      this.#resolver.resolve6(name),
    ])
    const found = asked.flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
    const [first, second] = asked
    if (first?.status === 'rejected' && second?.status === 'rejected') throw first.reason
    return found.map((address) => formatAddress(address, port))
  }
}
