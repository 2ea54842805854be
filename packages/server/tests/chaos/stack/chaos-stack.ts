import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { demoRealm } from '../../harness/demo-realm.ts'
import { freePort } from '../../harness/free-port.ts'
import { type ServerProcess, startServer } from '../../harness/server-process.ts'
import { PgBouncer } from '../pgbouncer.ts'
import { serviceAccount } from '../postgres-pair.ts'
import { type BehindProxy, HaProxy } from './haproxy.ts'
import { PatroniPair } from './patroni-pair.ts'
import { untilHolds } from './stack-process.ts'

const nodeCount = 3
const people = 8
const readyWithinMs = 180_000

/** A server of the stack, at ports that it keeps when it is started again. */
export class StackNode {
  readonly place: BehindProxy
  readonly #databasePort: number
  readonly #hostname: string
  readonly #program: string | null
  #server: ServerProcess | null = null

  /** @param program the compiled server of another build; null: of this one */
  constructor(
    place: BehindProxy,
    databasePort: number,
    hostname: string,
    program: string | null = null,
  ) {
    this.place = place
    this.#databasePort = databasePort
    this.#hostname = hostname
    this.#program = program
  }

  async start(realms?: readonly unknown[]): Promise<void> {
    const { name, port, checkPort } = this.place
    this.#server = await startServer({
      command: 'start',
      databaseUrl: `postgres://postgres@127.0.0.1:${this.#databasePort}/postgres`,
      port,
      managementPort: checkPort,
      waitUntilReady: false,
      ...(this.#program === null ? {} : { program: this.#program }),
      ...(realms === undefined ? {} : { realms }),
      options: [
        '--workers=1',
        '--http-enabled=true',
        `--hostname=${this.#hostname}`,
        '--proxy-headers=xforwarded',
        '--proxy-trusted-addresses=127.0.0.1',
        '--db-pool-max-size=20',
        // Gives the main port its /lb-check.
        '--features=multi-site',
        '--cache=ispn',
        '--health-enabled=true',
        '--metrics-enabled=true',
        `--cache-embedded-node-name=${name}`,
        '--cache-embedded-network-bind-address=127.0.0.1',
        `--cache-embedded-network-bind-port=${await freePort()}`,
      ],
    })
  }

  async untilReady(): Promise<void> {
    await untilHolds(`${this.place.name} is ready`, readyWithinMs, async () => {
      const url = `http://127.0.0.1:${this.place.checkPort}/health/ready`
      const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) })
      await answer.arrayBuffer()
      return answer.status === 200
    }).catch((error: Error) => {
      throw new Error(`${error.message}\n${this.log.slice(-3_000)}`)
    })
  }

  /** Of the process that runs now; 0 where it does not say. */
  async metric(name: string): Promise<number> {
    const url = `http://127.0.0.1:${this.place.checkPort}/metrics`
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => null)
    const lines = ((await answer?.text()) ?? '').split('\n')
    const line = lines.find((each) => each.startsWith(name))
    return Number(line?.slice(line.lastIndexOf(' ') + 1) ?? 0)
  }

  get log(): string {
    return this.#server?.log ?? ''
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }

  async kill(): Promise<void> {
    this.#server?.kill('SIGKILL')
    await this.#server?.exited
  }
}

/** HAProxy, three nodes, PgBouncer, and two PostgreSQL under Patroni: what people run in earnest, on one machine. */
export class ChaosStack implements AsyncDisposable {
  readonly proxy: HaProxy
  readonly pooler: PgBouncer
  readonly databases: PatroniPair
  nodes: StackNode[] = []
  readonly #folder: string
  #started = 0

  private constructor(folder: string, databases: PatroniPair, proxy: HaProxy, pooler: PgBouncer) {
    this.#folder = folder
    this.databases = databases
    this.proxy = proxy
    this.pooler = pooler
  }

  /**
   * @param program the compiled server that the first nodes run; null: of this build
   * @throws when something of it does not start, after taking the rest down
   */
  static async start(program: string | null = null): Promise<ChaosStack> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-stack-'))
    const { uid, gid } = serviceAccount()
    chownSync(folder, uid, gid)
    chmodSync(folder, 0o755)
    const databases = await PatroniPair.start(folder)
    const places: BehindProxy[] = []
    for (let number = 1; number <= nodeCount; number += 1) places.push(await place(number))
    const behind = databases.members.map(({ name, port, restPort }) => ({
      name,
      port,
      checkPort: restPort,
    }))
    const proxy = await HaProxy.start(folder, places, behind)
    const pooler = await PgBouncer.start(proxy.databasePort)
    const stack = new ChaosStack(folder, databases, proxy, pooler)
    try {
      await stack.addNodes(places, [demoRealm(people)], program)
      await untilHolds('the proxy reaches a node', 20_000, () => stack.#serves())
      return stack
    } catch (error) {
      await stack[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Starts nodes one after the other; the first one of all makes the tables. */
  async addNodes(
    places: readonly BehindProxy[],
    realms?: readonly unknown[],
    program: string | null = null,
  ): Promise<void> {
    for (const [index, each] of places.entries()) {
      const node = new StackNode(each, this.pooler.port, this.publicUrl, program)
      this.nodes.push(node)
      await node.start(index === 0 ? realms : undefined)
      await node.untilReady()
    }
  }

  /** Places for as many nodes again. */
  async newPlaces(): Promise<BehindProxy[]> {
    this.#started += nodeCount
    const numbers = this.nodes.map((_, index) => this.#started + nodeCount + index + 1)
    return await Promise.all(numbers.map(async (number) => await place(number)))
  }

  /** Steps of the schema that the database has. */
  async schemaVersion(): Promise<number> {
    const client = new pg.Client({
      connectionString: `postgres://postgres@127.0.0.1:${this.proxy.databasePort}/postgres`,
    })
    await client.connect()
    try {
      const { rows } = await client.query<{ version: number }>(
        'SELECT max(version)::int AS version FROM schema_migration',
      )
      return rows[0]?.version ?? 0
    } finally {
      await client.end()
    }
  }

  get publicUrl(): string {
    return `http://127.0.0.1:${this.proxy.loginPort}`
  }

  /** People of the realm that clients are. */
  get people(): readonly string[] {
    return Array.from({ length: people }, (_, index) => `person-${index}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map(async (node) => await node.stop()))
    await this.pooler[Symbol.asyncDispose]()
    await this.proxy[Symbol.asyncDispose]()
    await this.databases[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async #serves(): Promise<boolean> {
    const ports = [this.proxy.loginPort, this.proxy.sitePort]
    const answers = await Promise.all(
      ports.map(async (port) => await fetch(`http://127.0.0.1:${port}/realms/demo`)),
    )
    return answers.every(({ status }) => status === 200)
  }
}

async function place(number: number): Promise<BehindProxy> {
  return { name: `node${number}`, port: await freePort(), checkPort: await freePort() }
}
