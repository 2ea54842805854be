import { connect, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually, metric } from './cluster-node.ts'
import { type LabHost, labUnavailable, NetworkLab } from './network-lab.ts'

const unavailable = labUnavailable()
if (unavailable !== null) console.warn(unavailable)

describe.skipIf(unavailable !== null)('nodes without IPv4', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let lab: NetworkLab
  let relay: Server
  let databaseUrl: string
  const nodes: { server: ServerProcess; host: LabHost }[] = []

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    lab = new NetworkLab(9, 'ipv6')
    const target = new URL(database.url)
    const path = `${target.searchParams.get('host')}/.s.PGSQL.${target.port}`
    relay = createServer((client) => {
      const postgres = connect(path)
      client.pipe(postgres).pipe(client)
      for (const end of [client, postgres]) end.on('error', () => client.destroy())
    })
    const port = await freePort()
    await new Promise<void>((resolve) => relay.listen(port, lab.testAddress, resolve))
    target.searchParams.delete('host')
    databaseUrl = target.href.replace(/@[^/]*\//, `@[${lab.testAddress}]:${port}/`)
  })

  afterAll(async () => {
    await Promise.all(nodes.map(({ server }) => server.stop()))
    relay?.close()
    lab?.[Symbol.dispose]()
    await database?.[Symbol.asyncDispose]()
  })

  async function start(
    java: string | undefined,
  ): Promise<{ server: ServerProcess; host: LabHost }> {
    const host = lab.addHost()
    const server = await startServer({
      databaseUrl,
      prefix: host.prefix,
      waitUntilReady: false,
      environment: { JAVA_OPTS_APPEND: java },
      options: [
        '--cache=ispn',
        '--health-enabled=true',
        '--metrics-enabled=true',
        `--cache-embedded-node-name=${host.name}`,
      ],
    })
    const node = { server, host }
    nodes.push(node)
    await eventually('it is ready', 45_000, async () => {
      if (!server.running) throw new Error(server.log)
      return (await fetch(`${at(node, server.managementUrl)}/health/ready`)).ok
    })
    return node
  }

  const at = ({ host }: { host: LabHost }, url: string) =>
    url.replace('127.0.0.1', `[${host.address}]`)

  test("listen, find their database and each other, and answer, as told by Java's properties or by what there is", async () => {
    const [first, second] = await Promise.all([
      start('-Djava.net.preferIPv4Stack=false -Djava.net.preferIPv6Addresses=true'),
      start(undefined),
    ])
    expect(first.server.log).toContain(`physical addresses are \`[[${first.host.address}]:7800]\``)
    for (const node of [first, second]) {
      const reached = () =>
        metric(at(node, node.server.managementUrl), 'holdfast_cluster_peer_reachable')
      await eventually('it reaches the other', 10_000, async () => (await reached()) === 1)
      const answer = await fetch(
        `${at(node, node.server.url)}/realms/master/.well-known/openid-configuration`,
      )
      const { issuer } = (await answer.json()) as { issuer: string }
      expect(issuer).toBe(`${at(node, node.server.url)}/realms/master`)
    }
  })

  test('cannot serve where only IPv4 is wanted', async () => {
    const host = lab.addHost()
    const server = await startServer({
      databaseUrl,
      prefix: host.prefix,
      waitUntilReady: false,
      environment: { JAVA_OPTS_APPEND: '-Djava.net.preferIPv4Stack=true' },
    })
    nodes.push({ server, host })
    await eventually('it has started', 20_000, () => server.log.includes('Listening on'))
    const asked = fetch(`${at({ host }, server.url)}/realms/master`)
    await expect(asked).rejects.toThrow()
  })
})
