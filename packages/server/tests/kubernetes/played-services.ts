import { mkdirSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { pause } from '../chaos/run-clock.ts'
import { StackProcess } from '../chaos/stack/stack-process.ts'
import type { KubeApiServer } from './kube-api-server.ts'
import { isReady, type Pod } from './kube-object.ts'

const lookEveryMs = 200
/** How much later than the API server the proxies of a cluster know of it: why pods go on serving for a while. */
const lagMs = 1_000

export interface ServicesDeps {
  readonly api: KubeApiServer
  readonly namespace: string
  /** Address at which pods find the name server. */
  readonly address: string
  readonly folder: string
  /** Names of the cluster's zone that are always there, and their addresses. */
  readonly names: Readonly<Record<string, string>>
  /** Label by which the services select pods. */
  readonly instance: string
}

/**
 * What stands between pods and those who want them: the service, to whose ready pods new connections are led (as kube-proxy leads
 * them: one that is open stays), and the name server with the headless service, which also knows pods that are not ready.
 */
export class PlayedServices implements AsyncDisposable {
  readonly #deps: ServicesDeps
  readonly #server: Server
  readonly #names: StackProcess
  readonly #sockets = new Set<Socket>()
  #ready: readonly string[] = []
  #turn = 0
  #stopped = false

  private constructor(deps: ServicesDeps, server: Server) {
    const { address, folder } = deps
    this.#deps = deps
    this.#server = server
    mkdirSync(join(folder, 'hosts'), { recursive: true })
    this.#names = new StackProcess(
      'dnsmasq',
      [
        'dnsmasq',
        ...['--keep-in-foreground', '--conf-file=/dev/null', '--user=root'],
        ...['--no-resolv', '--no-hosts', '--local=/cluster.local/', '--log-queries'],
        ...[`--hostsdir=${join(folder, 'hosts')}`, `--listen-address=${address}`],
        ...['--bind-interfaces', '--log-facility=-', `--pid-file=${join(folder, 'dnsmasq.pid')}`],
      ],
      folder,
      true,
    )
  }

  static async start(deps: ServicesDeps): Promise<PlayedServices> {
    const server = createServer()
    const services = new PlayedServices(deps, server)
    services.#writeNames([])
    services.#names.start()
    server.on('connection', (client) => services.#accept(client))
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
    void services.#follow()
    return services
  }

  /** Where the service is reached. */
  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' ? (address?.port ?? 0) : 0
  }

  /** What the name server was asked, and what it said. */
  get questions(): string {
    return this.#names.log
  }

  /** How many pods the service leads to. */
  get size(): number {
    return this.#ready.length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((settle) => this.#server.close(settle))
    await this.#names[Symbol.asyncDispose]()
  }

  async #follow(): Promise<void> {
    const { api, namespace, instance } = this.#deps
    const selector = encodeURIComponent(
      `app.kubernetes.io/name=holdfast,app.kubernetes.io/instance=${instance}`,
    )
    let written = ''
    while (!this.#stopped) {
      const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`
      const pods = await api.list<Pod>(path).catch(() => null)
      if (pods !== null) {
        const ready = pods.filter(isReady).map(addressOf)
        setTimeout(() => {
          this.#ready = ready
        }, lagMs)
        const all = pods.map(addressOf).filter((address) => address !== '')
        if (all.join() !== written) this.#writeNames(all)
        written = all.join()
      }
      await pause(lookEveryMs)
    }
  }

  #writeNames(addresses: readonly string[]): void {
    const { folder, namespace, instance, names } = this.#deps
    const zone = 'svc.cluster.local'
    const lines = [
      ...Object.entries(names).map(([name, address]) => `${address} ${name}.${namespace}.${zone}`),
      ...addresses.map((address) => `${address} ${instance}-discovery.${namespace}.${zone}`),
    ]
    writeFileSync(join(folder, 'hosts', 'all'), `${lines.join('\n')}\n`)
  }

  #accept(client: Socket): void {
    this.#turn += 1
    const host = this.#ready[this.#turn % Math.max(1, this.#ready.length)]
    if (host === undefined) {
      client.resetAndDestroy()
      return
    }
    const pod = connect({ host, port: 8_080 })
    for (const [from, to] of [
      [client, pod],
      [pod, client],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => to.destroy())
      from.on('close', () => {
        this.#sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  }
}

function addressOf({ status }: Pod): string {
  return status?.podIP ?? ''
}
