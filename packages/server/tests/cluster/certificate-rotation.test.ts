import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { NetworkSettings } from '../../dist/clustering/cluster-settings.js'
import { freePort } from '../harness/free-port.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually } from './cluster-node.ts'
import { type InProcessNode, startInProcess } from './in-process-node.ts'

/** Every certificate is replaced when it is two seconds old. */
const rotationIntervalDays = 2 / 86_400
const underLoadMs = 9_000

/** Marks what it seals, so that the test sees that nothing is stored open. */
const markingSecretBox = {
  encrypts: true,
  seal: (plain: string) => `sealed:${Buffer.from(plain).toString('base64')}`,
  open: (stored: string) => Buffer.from(stored.slice('sealed:'.length), 'base64').toString(),
  isCurrent: (stored: string) => stored.startsWith('sealed:'),
}

describe('certificates between nodes', { timeout: 60_000 }, () => {
  let database: TestDatabase
  const nodes: InProcessNode[] = []

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
  })

  afterAll(async () => {
    for (const node of nodes.reverse()) await node[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  async function start(name: string): Promise<InProcessNode> {
    const network: NetworkSettings = {
      bindAddress: '127.0.0.1',
      family: 'either',
      bindPort: await freePort(),
      externalAddress: undefined,
      externalPort: undefined,
      stack: { name: 'jdbc-ping', discovery: 'database', tls: true },
      dnsQuery: undefined,
      initialHosts: undefined,
      multicastAddress: '239.6.7.8',
      multicastPort: 46_655,
      protection: { kind: 'generated', rotationIntervalDays },
    }
    const node = await startInProcess({
      postgresUrl: inject('postgresUrl'),
      databaseName: database.name,
      settings: { cluster: 'rotation', nodeName: name, network },
      secretBox: markingSecretBox,
    })
    nodes.push(node)
    return node
  }

  test('rotate under load without a failed request; who joins later is trusted too', async () => {
    const [first, second] = [await start('node-1'), await start('node-2')]
    const { mesh, membership } = first.clustering
    const peer = second.clustering.membership.self.id
    await eventually('they reach each other', 10_000, () => mesh.reachable(peer))
    const signers = new Set<string>()
    let [asked, failed] = [0, 0]
    const end = performance.now() + underLoadMs
    while (performance.now() < end) {
      asked += 1
      await mesh.request(peer, 'mesh.ping', null, 2_000).catch(() => {
        failed += 1
      })
      if (asked % 50 === 0) {
        const rows = await database.query<{ id: string; private_key: string }>(
          "SELECT id, private_key FROM cluster_cert WHERE kind = 'current'",
        )
        expect(rows[0]?.private_key).toMatch(/^sealed:/)
        signers.add(`${rows[0]?.id}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(signers.size).toBeGreaterThanOrEqual(3)
    expect(failed).toBe(0)
    expect(asked).toBeGreaterThan(200)
    const third = await start('node-3')
    await eventually('all three reach each other', 10_000, () =>
      [first, second, third].every(
        ({ clustering }) => clustering.mesh.peers().length === 2 && clustering.mesh.reachesAll(),
      ),
    )
    expect(membership.view().members).toHaveLength(3)
  })
})
