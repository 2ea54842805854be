import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NetworkLab } from '../cluster/network-lab.ts'
import { ChaosNode } from './chaos-node.ts'
import { chaosRealm } from './chaos-realm.ts'
import { DatabaseRelay } from './database-relay.ts'
import { PgBouncer } from './pgbouncer.ts'
import { PostgresPair } from './postgres-pair.ts'

/** Where nodes find their database, on the address of the test. */
export const databasePort = 15_432
const nodeCount = 3
const fakeClock = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'

/** What a run needs besides nodes and PostgreSQL. */
export interface ClusterOptions {
  readonly labNumber: number
  readonly standby?: boolean
  readonly pgBouncer?: boolean
  /** Lets the run move the clock of the last node. */
  readonly fakeClock?: boolean
}

/** Three nodes on hosts of their own, and a database that they know by one address. */
export class ChaosCluster implements AsyncDisposable {
  readonly nodes: ChaosNode[] = []
  readonly lab: NetworkLab
  readonly postgres: PostgresPair
  readonly relay: DatabaseRelay
  readonly pgBouncer: PgBouncer | null
  readonly #folder = mkdtempSync(join(tmpdir(), 'holdfast-clock-'))

  private constructor(
    lab: NetworkLab,
    postgres: PostgresPair,
    relay: DatabaseRelay,
    pgBouncer: PgBouncer | null,
  ) {
    this.lab = lab
    this.postgres = postgres
    this.relay = relay
    this.pgBouncer = pgBouncer
  }

  /** @throws when something of it does not start, after taking the rest down */
  static async start(options: ClusterOptions): Promise<ChaosCluster> {
    const lab = new NetworkLab(options.labNumber)
    const postgres = await PostgresPair.start(options.standby === true)
    const pgBouncer = options.pgBouncer === true ? await PgBouncer.start(postgres.port) : null
    const relay = await DatabaseRelay.start(
      { host: lab.testAddress, port: databasePort },
      pgBouncer?.port ?? postgres.port,
    )
    const cluster = new ChaosCluster(lab, postgres, relay, pgBouncer)
    try {
      await cluster.#startNodes(options.fakeClock === true)
      return cluster
    } catch (error) {
      await cluster[Symbol.asyncDispose]()
      throw error
    }
  }

  /** The node that faults hit. */
  get victim(): ChaosNode {
    return this.nodes.at(-1) as ChaosNode
  }

  get others(): readonly ChaosNode[] {
    return this.nodes.slice(0, -1)
  }

  /** Moves the wall clock of the victim. */
  setClock(offsetSeconds: number): void {
    writeFileSync(this.#clockFile, `${offsetSeconds < 0 ? '' : '+'}${offsetSeconds}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()))
    await this.relay[Symbol.asyncDispose]()
    await this.pgBouncer?.[Symbol.asyncDispose]()
    await this.postgres[Symbol.asyncDispose]()
    this.lab[Symbol.dispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #clockFile(): string {
    return join(this.#folder, 'offset')
  }

  async #startNodes(withFakeClock: boolean): Promise<void> {
    this.setClock(0)
    const databaseUrl = `postgres://postgres@${this.lab.testAddress}:${databasePort}/postgres`
    for (let number = 1; number <= nodeCount; number++) {
      const node = new ChaosNode(`node-${number}`, this.lab.addHost(), {
        databaseUrl,
        ...(number === 1 ? { realms: [chaosRealm()] } : {}),
        ...(withFakeClock && number === nodeCount ? { environment: this.#clockSettings } : {}),
      })
      this.nodes.push(node)
      await node.start()
      // The first node makes the tables and the realm.
      if (number === 1) await node.untilReady()
    }
    await Promise.all(this.nodes.map((node) => node.untilReady()))
  }

  get #clockSettings(): Record<string, string> {
    return {
      LD_PRELOAD: fakeClock,
      FAKETIME_TIMESTAMP_FILE: this.#clockFile,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    }
  }
}
