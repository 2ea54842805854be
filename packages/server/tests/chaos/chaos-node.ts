import type { LabHost } from '../cluster/network-lab.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import { publicRealmUrl } from '../kill/scripted-user.ts'
import { Firewall } from './firewall.ts'
import { now, pause } from './run-clock.ts'

/** The address under which users know the cluster; only the Host header carries it. */
const publicUrl = new URL(publicRealmUrl).origin

const httpPort = 8080
const managementPort = 9000
const startTimeoutMs = 60_000
const probeTimeoutMs = 1_000
const probePauseMs = 50

/** How the nodes of a run are started. */
export interface NodeStart {
  readonly databaseUrl: string
  readonly realms?: readonly unknown[]
  readonly environment?: Readonly<Record<string, string>>
  /** Further command-line options. */
  readonly options?: readonly string[]
}

/** One node: a server process on a host of its own. */
export class ChaosNode {
  readonly name: string
  readonly host: LabHost
  readonly firewall: Firewall
  readonly origin: URL
  readonly #start: NodeStart
  #server: ServerProcess | null = null

  constructor(name: string, host: LabHost, start: NodeStart) {
    this.name = name
    this.host = host
    this.firewall = new Firewall(host)
    this.origin = new URL(`http://${host.address}:${httpPort}`)
    this.#start = start
  }

  get log(): string {
    return this.#server?.log ?? ''
  }

  get pid(): number {
    return this.#server?.pid ?? 0
  }

  /** Starts the process; {@link untilReady} tells when it serves. */
  async start(): Promise<void> {
    this.#server = await startServer({
      command: 'start',
      databaseUrl: this.#start.databaseUrl,
      port: httpPort,
      managementPort,
      prefix: this.host.prefix,
      waitUntilReady: false,
      ...(this.#start.realms === undefined ? {} : { realms: this.#start.realms }),
      ...(this.#start.environment === undefined ? {} : { environment: this.#start.environment }),
      options: [
        '--workers=1',
        '--http-enabled=true',
        `--hostname=${publicUrl}`,
        '--cache=ispn',
        '--health-enabled=true',
        '--metrics-enabled=true',
        `--cache-embedded-node-name=${this.name}`,
        '--cache-embedded-network-bind-address=SITE_LOCAL',
        ...(this.#start.options ?? []),
      ],
    })
  }

  async kill(): Promise<void> {
    this.#server?.kill('SIGKILL')
    await this.#server?.exited
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#server?.kill(signal)
  }

  async stop(): Promise<void> {
    this.signal('SIGCONT')
    await this.#server?.stop()
  }

  /** What a balancer between sites is told; null without an answer. */
  async siteStatus(): Promise<number | null> {
    try {
      const answer = await fetch(new URL('/lb-check', this.origin), {
        signal: AbortSignal.timeout(probeTimeoutMs),
      })
      await answer.arrayBuffer()
      return answer.status
    } catch {
      return null
    }
  }

  async ready(): Promise<boolean> {
    try {
      const answer = await fetch(`http://${this.host.address}:${managementPort}/health/ready`, {
        signal: AbortSignal.timeout(probeTimeoutMs),
      })
      await answer.arrayBuffer()
      return answer.status === 200
    } catch {
      return false
    }
  }

  /**
   * @returns after how many milliseconds the node was ready
   * @throws with the node's log when it ends, or is not ready in time
   */
  async untilReady(withinMs: number = startTimeoutMs): Promise<number> {
    const start = now()
    while (now() - start < withinMs) {
      if (await this.ready()) return now() - start
      if (this.#server?.running !== true) break
      await pause(probePauseMs)
    }
    throw new Error(`${this.name} was not ready within ${withinMs} ms\n${this.log.slice(-4_000)}`)
  }
}
