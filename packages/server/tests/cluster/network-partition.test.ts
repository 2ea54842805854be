import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { clusterCheck, eventually, metric } from './cluster-node.ts'
import { DnsStub } from './dns-stub.ts'
import { type LabHost, labUnavailable, NetworkLab } from './network-lab.ts'

const unavailable = labUnavailable()
if (unavailable !== null) console.warn(unavailable)

/** A server inside the laboratory, reached by the test at the host's address. */
class LabNode {
  readonly server: ServerProcess
  readonly managementUrl: string

  constructor(server: ServerProcess, host: LabHost) {
    this.server = server
    this.managementUrl = server.managementUrl.replace('127.0.0.1', host.address)
  }
}

describe.skipIf(unavailable !== null)('nodes on a network that is cut', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let lab: NetworkLab
  let nodes: LabNode[] = []

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    lab = new NetworkLab(7)
  })

  afterAll(async () => {
    await stopAll()
    lab?.[Symbol.dispose]()
    await database?.[Symbol.asyncDispose]()
  })

  async function stopAll(): Promise<void> {
    await Promise.all(nodes.map(({ server }) => server.stop()))
    nodes = []
  }

  async function start(host: LabHost, options: readonly string[]): Promise<LabNode> {
    const server = await startServer({
      databaseUrl: database.url,
      prefix: host.prefix,
      waitUntilReady: false,
      options: [
        '--cache=ispn',
        '--health-enabled=true',
        '--metrics-enabled=true',
        `--cache-embedded-node-name=${host.name}`,
        ...options,
      ],
    })
    const node = new LabNode(server, host)
    nodes.push(node)
    await eventually('it is ready', 20_000, async () => {
      if (!server.running) throw new Error(server.log)
      return (await clusterCheck(node.managementUrl)).status === 'UP'
    })
    return node
  }

  test('notice within seconds that the mesh is cut, evict nobody, stay ready, and find each other again', async () => {
    const hosts = [lab.addHost(), lab.addHost()]
    const [first, second] = await Promise.all(hosts.map((host) => start(host, [])))
    const peers = async () =>
      Promise.all(
        [first, second].map((node) =>
          metric(`${node?.managementUrl}`, 'holdfast_cluster_peer_reachable'),
        ),
      )
    // The default address is the site-local one of the host, on port 7800.
    expect(first?.server.log).toContain(`physical addresses are \`[${hosts[0]?.address}:7800]\``)
    await eventually('both reach each other', 5_000, async () => (await peers()).join() === '1,1')

    lab.cut()
    const noticedMs = await eventually(
      'both notice',
      6_000,
      async () => (await peers()).join() === '0,0',
    )
    expect(noticedMs).toBeLessThan(5_000)
    await eventually('they say whom they cannot reach, and where', 10_000, () =>
      /WARN .*Cannot reach cluster member hflab7n2 at 10\.231\.7\.2:7800/.test(
        `${first?.server.log}`,
      ),
    )
    // Longer than an eviction would take: the database is in reach of both, so both stay.
    await new Promise((resolve) => setTimeout(resolve, 11_000))
    const check = await clusterCheck(`${first?.managementUrl}`)
    expect(check).toMatchObject({ status: 'UP', data: { size: 2 } })
    expect(`${check.data['peer hflab7n2']}`).toMatch(/^unreachable at 10\.231\.7\.2:7800/)
    expect(await metric(`${second?.managementUrl}`, 'holdfast_cluster_rejoins')).toBe(0)

    lab.heal()
    await eventually(
      'both reach each other again',
      10_000,
      async () => (await peers()).join() === '1,1',
    )
    await stopAll()
  })

  test('ask DNS again and again, and report who is found there and not in the view', async () => {
    const hosts = [lab.addHost(), lab.addHost()]
    await using dns = await DnsStub.start(lab.testAddress)
    dns.addresses = hosts.map(({ address }) => address)
    const stack = ['--cache-stack=kubernetes', '-Djgroups.dns.query=nodes.cluster.test']
    const [first] = await Promise.all(hosts.map((host) => start(host, stack)))
    await eventually(
      'both are in the view',
      10_000,
      async () => (await metric(`${first?.managementUrl}`, 'vendor_cluster_size')) === 2,
    )
    expect(dns.questions).toBeGreaterThan(1)
    dns.addresses = [...dns.addresses, '10.231.7.200']
    await eventually('the address without a member is in the health detail', 25_000, async () => {
      const { data, status } = await clusterCheck(`${first?.managementUrl}`)
      return status === 'UP' && data['notInView'] === '10.231.7.200:7800'
    })
    await stopAll()
  })

  test('find each other by multicast, and report who uses another database', async () => {
    const hosts = [lab.addHost(), lab.addHost()]
    const other = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    const stack = ['--cache-stack=udp']
    const first = await start(hosts[0] as LabHost, stack)
    const stranger = await startServer({
      databaseUrl: other.url,
      prefix: (hosts[1] as LabHost).prefix,
      waitUntilReady: false,
      options: ['--cache=ispn', ...stack],
    })
    expect(first.server.log).toContain('cache-stack=udp: data travels over TCP')
    await eventually('the stranger is in the health detail', 45_000, async () => {
      const { data, status } = await clusterCheck(first.managementUrl)
      return status === 'UP' && `${data['notInView']}` === `${hosts[1]?.address}:7800`
    })
    await stranger.stop()
    await other[Symbol.asyncDispose]()
    await stopAll()
  })
})
