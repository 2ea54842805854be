import { formatAddress } from '../mesh/transport.ts'
import { type Discovery, NetworkSettingRefused } from './discovery.ts'

/** One entry of a static list. */
export interface InitialHost {
  readonly host: string
  readonly port: number
}

/**
 * @param list `host[port],host[port]` as JGroups writes it, or `host:port`; without a port `defaultPort`
 * @throws NetworkSettingRefused
 */
export function parseInitialHosts(list: string, defaultPort: number): InitialHost[] {
  const entries = list.split(',').map((entry) => entry.trim())
  return entries
    .filter((entry) => entry !== '')
    .map((entry) => {
      const match = /^([^[\]:]+|[0-9a-fA-F:.]*::?[0-9a-fA-F:.]*)(?:\[(\d+)\]|:(\d+))?$/.exec(entry)
      const port = Number(match?.[2] ?? match?.[3] ?? defaultPort)
      if (match === null || port < 1 || port > 65_535) {
        throw new NetworkSettingRefused(`"${entry}" in the list of initial hosts is not host[port]`)
      }
      return { host: match[1] as string, port }
    })
}

/** The `tcp` stack with a fixed list; names are resolved anew each time. */
export class StaticDiscovery implements Discovery {
  readonly #hosts: readonly InitialHost[]
  readonly #addressesOf: (name: string) => Promise<string[]>

  /** @param addressesOf resolves a name; an IP address comes back as it is */
  constructor(hosts: readonly InitialHost[], addressesOf: (name: string) => Promise<string[]>) {
    this.#hosts = hosts
    this.#addressesOf = addressesOf
  }

  get description(): string {
    return `static list ${this.#hosts.map(({ host, port }) => `${host}[${port}]`).join(',')}`
  }

  async find(): Promise<string[]> {
    const found = await Promise.all(
      this.#hosts.map(async ({ host, port }) => {
        const addresses = await this.#addressesOf(host).catch(() => [])
        return addresses.map((address) => formatAddress(address, port))
      }),
    )
    return found.flat()
  }

  async close(): Promise<void> {
    // Nothing is held open between questions.
  }
}
