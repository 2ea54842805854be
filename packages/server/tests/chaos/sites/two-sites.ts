import { execFileSync } from 'node:child_process'
import { NetworkLab } from '../../cluster/network-lab.ts'
import { ChaosNode } from '../chaos-node.ts'
import { chaosRealm } from '../chaos-realm.ts'
import { DatabaseRelay } from '../database-relay.ts'
import { PostgresPair } from '../postgres-pair.ts'

/** Added to each direction between a site and a database of the other one: 10 ms there and back. */
const awayMs = 5
const firstPort = 15_441
/** A first start makes the tables and the realm, with a standby that every commit waits for. */
const startWithinMs = 180_000

/** Nodes with a name in common, and their way to the database. */
export interface Site {
  readonly name: string
  readonly nodes: readonly ChaosNode[]
  readonly relay: DatabaseRelay
}

/**
 * Two sites, each a cluster of its own in network namespaces, on one synchronously replicated PostgreSQL whose primary is at the
 * first site. The other site's way to it goes through a relay that is 10 ms long.
 */
export class TwoSites implements AsyncDisposable {
  readonly home: Site
  readonly away: Site
  readonly #lab: NetworkLab
  readonly #postgres: PostgresPair

  private constructor(lab: NetworkLab, postgres: PostgresPair, sites: readonly [Site, Site]) {
    this.#lab = lab
    this.#postgres = postgres
    this.home = sites[0]
    this.away = sites[1]
  }

  static async start(): Promise<TwoSites> {
    const lab = new NetworkLab(44)
    const postgres = await PostgresPair.start(true)
    await postgres.waitForStandby()
    const home = await siteOf(lab, postgres, { name: 'home', port: firstPort, nodes: 2 })
    const away = await siteOf(lab, postgres, { name: 'away', port: firstPort + 1, nodes: 1 })
    away.relay.delayMs = awayMs
    const sites = new TwoSites(lab, postgres, [home, away])
    try {
      for (const node of sites.nodes) {
        await node.start()
        await node.untilReady(startWithinMs)
      }
      return sites
    } catch (error) {
      await sites[Symbol.asyncDispose]()
      throw error
    }
  }

  get nodes(): readonly ChaosNode[] {
    return [...this.home.nodes, ...this.away.nodes]
  }

  /** The first site is gone, with the primary: nobody reaches its nodes, and they reach nobody. */
  async loseHome(): Promise<void> {
    for (const { host } of this.home.nodes) line(host.port, 'down')
    await this.#postgres.kill()
  }

  /** The standby at the second site becomes the primary. */
  async failOver(): Promise<void> {
    await this.#postgres.promote()
    this.away.relay.delayMs = 0
    this.away.relay.moveTo(this.#postgres.port)
  }

  /** The first site is there again; its database is at the other one now. */
  homeIsBack(): void {
    this.home.relay.delayMs = awayMs
    this.home.relay.moveTo(this.#postgres.port)
    for (const { host } of this.home.nodes) line(host.port, 'up')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(async (node) => await node.stop()))
    for (const { relay } of [this.home, this.away]) await relay[Symbol.asyncDispose]()
    await this.#postgres[Symbol.asyncDispose]()
    this.#lab[Symbol.dispose]()
  }
}

async function siteOf(
  lab: NetworkLab,
  postgres: PostgresPair,
  site: { readonly name: string; readonly port: number; readonly nodes: number },
): Promise<Site> {
  const { name, port } = site
  const relay = await DatabaseRelay.start({ host: lab.testAddress, port }, postgres.port)
  const options = [
    '--features=stateless',
    `--cache-embedded-cluster-name=${name}`,
    `--spi-cache-embedded--default--site-name=${name}`,
  ]
  const nodes = Array.from({ length: site.nodes }, (_, index) => {
    const first = name === 'home' && index === 0
    return new ChaosNode(`${name}-${index + 1}`, lab.addHost(), {
      databaseUrl: `postgres://postgres@${lab.testAddress}:${port}/postgres`,
      options,
      ...(first ? { realms: [chaosRealm()] } : {}),
    })
  })
  return { name, nodes, relay }
}

function line(device: string, state: 'up' | 'down'): void {
  execFileSync('ip', ['link', 'set', device, state])
}
