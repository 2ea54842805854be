import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { ServerProcess } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { clusterCheck, eventually, metric, startNode } from './cluster-node.ts'

/** Heartbeat 2 s, eviction after 10 s without one, and time to notice on a busy machine. */
const evictedWithinMs = 16_000

describe('three nodes on one database', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let nodes: ServerProcess[]
  const sizes = (of: readonly ServerProcess[]) =>
    Promise.all(of.map(({ managementUrl }) => metric(managementUrl, 'vendor_cluster_size')))

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    const start = (name: string, ...options: string[]) =>
      startNode({
        databaseUrl: database.url,
        name,
        command: 'start',
        options: ['--http-enabled=true', '--hostname-strict=false', '--workers=1', ...options],
      })
    nodes = [
      await start('node-1'),
      ...(await Promise.all([
        start('node-2'),
        start('node-3', '--spi-sticky-session-encoder--infinispan--should-attach-route=false'),
      ])),
    ]
  })

  afterAll(async () => {
    await Promise.all((nodes ?? []).map((node) => node.stop()))
    await database?.[Symbol.asyncDispose]()
  })

  test('form one view, say so as Keycloak does, and reach each other', async () => {
    await eventually('all see three', 5_000, async () => (await sizes(nodes)).join() === '3,3,3')
    expect(nodes[0]?.log).toMatch(
      /INFO +\[org\.infinispan\.CLUSTER\] .*ISPN000094: Received new cluster view for channel ISPN: \[node-1\|\d+\] \(3\) \[node-1, node-[23], node-[23]\]/,
    )
    await eventually('node-1 reaches both', 5_000, async () => {
      const { data } = await clusterCheck(nodes[0]?.managementUrl ?? '')
      return (
        /^reachable/.test(`${data['peer node-2']}`) && /^reachable/.test(`${data['peer node-3']}`)
      )
    })
  })

  test('say once that they serve under no common name', async () => {
    for (const node of nodes) {
      const told = node.log.match(/nodes serve without `hostname`/g)
      expect(told).toHaveLength(1)
    }
  })

  describe('and the cookie of a login under way', () => {
    const cookieOf = async (node: ServerProcess | undefined, sent?: string) => {
      const query = new URLSearchParams({
        client_id: 'security-admin-console',
        redirect_uri: `${node?.url}/admin/master/console/`,
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
      })
      const answer = await fetch(
        `${node?.realmUrl('master')}/protocol/openid-connect/auth?${query}`,
        { headers: sent === undefined ? {} : { cookie: `AUTH_SESSION_ID=${sent}; KC_RESTART=x` } },
      )
      expect(answer.status).toBe(200)
      const set = answer.headers.getSetCookie().find((each) => each.startsWith('AUTH_SESSION_ID='))
      return set === undefined ? undefined : /^AUTH_SESSION_ID=([^;]*)/.exec(set)?.[1]
    }

    test('names the node at which it began, and goes on naming it at another', async () => {
      const begun = await cookieOf(nodes[0])
      expect(begun).toMatch(/^[\w-]{20,100}\.node-1$/)
      expect(await cookieOf(nodes[1], begun)).toBeUndefined()
    })

    test('names who serves it once its node is away or it named none', async () => {
      const id = 'abcdefghijklmnopqrstuvwxyz0123456'
      expect(await cookieOf(nodes[1], `${id}.node-7`)).toBe(`${id}.node-2`)
      expect(await cookieOf(nodes[1], id)).toBe(`${id}.node-2`)
    })

    test('names no node where that is switched off, as with Keycloak', async () => {
      expect(await cookieOf(nodes[2])).toMatch(/^[\w-]{20,100}$/)
    })
  })

  test('evict a node that was killed, while the others serve on', async () => {
    const [first, second, third] = nodes as [ServerProcess, ServerProcess, ServerProcess]
    third.kill('SIGKILL')
    const killedAt = performance.now()
    let slowestMs = 0
    await eventually('the others see two', evictedWithinMs, async () => {
      const asked = performance.now()
      const answer = await fetch(`${second.realmUrl('master')}/.well-known/openid-configuration`)
      expect(answer.status).toBeLessThan(500)
      await answer.arrayBuffer()
      slowestMs = Math.max(slowestMs, performance.now() - asked)
      return (await sizes([first, second])).join() === '2,2'
    })
    expect(performance.now() - killedAt).toBeGreaterThan(6_000)
    expect(slowestMs).toBeLessThan(1_000)
    const { status } = await clusterCheck(first.managementUrl)
    expect(status).toBe('UP')
  })

  test('evict a node that is frozen; it gives up by itself and joins again as a new incarnation', async () => {
    const [first, second] = nodes as [ServerProcess, ServerProcess]
    const before = await database.query<{ incarnation: string }>(
      "SELECT incarnation FROM cluster_member WHERE name = 'node-2'",
    )
    second.kill('SIGSTOP')
    await eventually(
      'node-1 is alone',
      evictedWithinMs,
      async () => (await sizes([first])).join() === '1',
    )
    second.kill('SIGCONT')
    await eventually(
      'both see two again',
      10_000,
      async () => (await sizes([first, second])).join() === '2,2',
    )
    const after = await database.query<{ incarnation: string }>(
      "SELECT incarnation FROM cluster_member WHERE name = 'node-2'",
    )
    expect(Number(after[0]?.incarnation)).toBeGreaterThan(Number(before[0]?.incarnation))
    expect(await metric(second.managementUrl, 'holdfast_cluster_rejoins')).toBe(1)
    expect(second.log).toContain('The cluster went on without this node')
    await eventually(
      'it is ready',
      5_000,
      async () => (await clusterCheck(second.managementUrl)).status === 'UP',
    )
  })

  test('drop a node that stops in order at once', async () => {
    const [first, second] = nodes as [ServerProcess, ServerProcess]
    second.kill('SIGTERM')
    const tookMs = await eventually(
      'node-1 is alone',
      8_000,
      async () => (await sizes([first])).join() === '1',
    )
    expect(tookMs).toBeLessThan(6_000)
    expect(await second.exited).toBe(0)
  })
})
