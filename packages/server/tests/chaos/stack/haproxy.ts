import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from '../../harness/free-port.ts'
import { StackProcess, untilHolds } from './stack-process.ts'

const configuration = resolve(import.meta.dirname, '../../../../../deploy/haproxy/haproxy.cfg')

/** A server behind the proxy. */
export interface BehindProxy {
  readonly name: string
  readonly port: number
  /** Where its health is asked. */
  readonly checkPort: number
}

/**
 * HAProxy with the configuration of `deploy/`, and beside it what a site has: an entry whose health is `/lb-check`, and the way to
 * the PostgreSQL that Patroni says is primary.
 */
export class HaProxy implements AsyncDisposable {
  /** Where browsers and applications come in; health of nodes is `/health/ready`. */
  readonly loginPort: number
  /** Where a balancer between sites comes in; health of nodes is `/lb-check`. */
  readonly sitePort: number
  readonly databasePort: number
  readonly #file: string
  readonly #process: StackProcess
  readonly #databases: readonly BehindProxy[]

  private constructor(
    folder: string,
    ports: readonly [number, number, number],
    databases: readonly BehindProxy[],
  ) {
    const [loginPort, sitePort, databasePort] = ports
    this.loginPort = loginPort
    this.sitePort = sitePort
    this.databasePort = databasePort
    this.#databases = databases
    this.#file = join(folder, 'haproxy.cfg')
    this.#process = new StackProcess('haproxy', ['haproxy', '-W', '-db', '-f', this.#file], folder)
  }

  static async start(
    folder: string,
    nodes: readonly BehindProxy[],
    databases: readonly BehindProxy[],
  ): Promise<HaProxy> {
    const ports = [await freePort(), await freePort(), await freePort()] as const
    const proxy = new HaProxy(folder, ports, databases)
    proxy.#write(nodes)
    proxy.#process.start()
    return proxy
  }

  get log(): string {
    return this.#process.log
  }

  /** Takes in a new configuration without closing a connection. */
  async reload(nodes: readonly BehindProxy[]): Promise<void> {
    const before = this.#process.log.length
    this.#write(nodes)
    this.#process.signal('SIGUSR2')
    await untilHolds('HAProxy has reloaded', 15_000, () =>
      this.#process.log.slice(before).includes('Loading success'),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process.end('SIGTERM')
  }

  #write(nodes: readonly BehindProxy[]): void {
    const shipped = readFileSync(configuration, 'utf8')
      .replace('global\n', 'global\n  hard-stop-after 30s\n')
      .replace('bind :8000', `bind 127.0.0.1:${this.loginPort}`)
      .replace(/ {2}server node1 [^\n]*\n {2}server node2 [^\n]*\n/, servers(nodes, ''))
    const further = `
frontend site
  bind 127.0.0.1:${this.sitePort}
  default_backend site_nodes

backend site_nodes
  option httpchk GET /lb-check
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
${nodes.map(({ name, port }) => `  server ${name} 127.0.0.1:${port} check`).join('\n')}

listen primary
  mode tcp
  bind 127.0.0.1:${this.databasePort}
  option httpchk GET /primary
  http-check expect status 200
  timeout client 1h
  timeout server 1h
  default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${servers(this.#databases, ' check')}`
    writeFileSync(this.#file, shipped + further)
  }
}

function servers(all: readonly BehindProxy[], check: string): string {
  return all
    .map(
      ({ name, port, checkPort }) =>
        `  server ${name} 127.0.0.1:${port}${check} port ${checkPort}\n`,
    )
    .join('')
}
