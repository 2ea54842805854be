import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { demoPassword, demoSecret } from '../harness/demo-realm.ts'
import { bootstrapAdmin, type ServerProcess } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually, metric, startNode } from './cluster-node.ts'
import { type LabHost, labUnavailable, NetworkLab } from './network-lab.ts'
import { Promptness } from './promptness.ts'

const rounds = 8
/** How long a session that ended is asked for again: longer than any poll, cursor or transfer needs. */
const watchMs = 3_000
/** With the mesh cut a change travels through the database: the poll of a node that has not yet noticed, and some room. */
const byPollWithinMs = 1_000

const options = [
  '--spi-user-sessions--infinispan--use-caches=true',
  '--hostname=http://login.example.com',
]

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** A node of the cluster, at the address where the test reaches it. */
interface Node {
  readonly server: ServerProcess
  readonly url: string
  readonly managementUrl: string
}

const app = { client_id: 'app', client_secret: demoSecret('app') }

async function post(node: Node, path: string, form: Record<string, string>, realm = 'demo') {
  return await fetch(`${node.url}/realms/${realm}/protocol/openid-connect/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
}

async function signIn(node: Node, person: string): Promise<Tokens> {
  const form = { ...app, grant_type: 'password', scope: 'openid', username: person }
  const answer = await post(node, 'token', { ...form, password: demoPassword(person) })
  expect(answer.status).toBe(200)
  return (await answer.json()) as Tokens
}

async function userinfo(node: Node, token: string): Promise<number> {
  const answer = await fetch(`${node.url}/realms/demo/protocol/openid-connect/userinfo`, {
    headers: { authorization: `Bearer ${token}` },
  })
  await answer.arrayBuffer()
  return answer.status
}

async function isActive(node: Node, token: string): Promise<boolean> {
  const answer = await post(node, 'token/introspect', { ...app, token })
  return ((await answer.json()) as { active: boolean }).active
}

const everywhere = (nodes: readonly Node[], token: string) =>
  Promise.all(nodes.map((node) => userinfo(node, token)))

const areAll = (statuses: readonly number[], status: number) =>
  statuses.every((each) => each === status)

async function sum(nodes: readonly Node[], name: string, label = ''): Promise<number> {
  const values = await Promise.all(
    nodes.map(({ managementUrl }) => metric(managementUrl, name, label)),
  )
  return values.reduce((total, value) => total + value, 0)
}

/** A session whose copies are warm: every node has been asked about it twice. */
async function warmSession(nodes: readonly Node[], round: number): Promise<Tokens> {
  const tokens = await signIn(nodes[round % nodes.length] as Node, `person-${round}`)
  for (let time = 0; time < 2; time++) {
    expect(await everywhere(nodes, tokens.access_token)).toEqual(nodes.map(() => 200))
  }
  return tokens
}

async function logOut(node: Node, tokens: Tokens): Promise<void> {
  const answer = await post(node, 'logout', { ...app, refresh_token: tokens.refresh_token })
  expect(answer.status).toBe(204)
}

describe.each([
  { where: 'of one machine', lab: false },
  { where: 'on a network of their own', lab: true },
])('three nodes $where that keep copies of sessions', { timeout: 90_000 }, ({ lab: inLab }) => {
  const unavailable = inLab ? labUnavailable() : null
  let database: TestDatabase
  let lab: NetworkLab | null = null
  let nodes: Node[] = []

  beforeAll(async () => {
    if (unavailable !== null) return
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    lab = inLab ? new NetworkLab(9) : null
    const hosts = [1, 2, 3].map(() => lab?.addHost() ?? null)
    nodes = await Promise.all(hosts.map(start))
    await eventually('the mesh is complete', 15_000, async () => {
      return (await sum(nodes, 'vendor_cluster_size')) === 9 && (await reachable()) === 3
    })
  }, 120_000)

  afterAll(async () => {
    await Promise.all(nodes.map(({ server }) => server.stop()))
    lab?.[Symbol.dispose]()
    await database?.[Symbol.asyncDispose]()
  })

  /** Every node's first peer is reachable. */
  const reachable = () => sum(nodes, 'holdfast_cluster_peer_reachable')

  async function start(host: LabHost | null, index: number): Promise<Node> {
    const network = host === null ? [] : [`--cache-embedded-network-bind-address=${host.address}`]
    const server = await startNode({
      databaseUrl: database.url,
      name: `node-${index}`,
      options: [...options, ...network],
      waitUntilReady: host === null,
      ...(host === null ? {} : { prefix: host.prefix }),
    })
    const at = (url: string) => (host === null ? url : url.replace('127.0.0.1', host.address))
    const node = { server, url: at(server.url), managementUrl: at(server.managementUrl) }
    await eventually('the node is ready', 30_000, async () => {
      if (!server.running) throw new Error(server.log)
      return (await fetch(`${node.managementUrl}/health/ready`)).ok
    })
    return node
  }

  /** @returns after `watchMs` of asking every node for sessions that have ended */
  async function expectNeverBack(ended: readonly Tokens[]): Promise<void> {
    const until = performance.now() + watchMs
    while (performance.now() < until) {
      for (const { access_token } of ended) {
        expect(await everywhere(nodes, access_token)).toEqual(nodes.map(() => 401))
      }
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    for (const { refresh_token } of ended) {
      const form = { ...app, grant_type: 'refresh_token', refresh_token }
      expect((await post(nodes[1] as Node, 'token', form)).status).toBe(400)
    }
  }

  test.skipIf(unavailable !== null)(
    'a session that ended on one is refused by all at once, and never comes back',
    async () => {
      const promptness = new Promptness()
      const ended: Tokens[] = []
      for (let round = 0; round < rounds; round++) {
        const tokens = await warmSession(nodes, round)
        await logOut(nodes[0] as Node, tokens)
        await promptness.check('all refuse it', async () =>
          areAll(await everywhere(nodes, tokens.access_token), 401),
        )
        expect(await isActive(nodes[2] as Node, tokens.access_token)).toBe(false)
        ended.push(tokens)
      }
      promptness.expectMostAtOnce()
      // It was the copies that were tested: they answered, here and from other nodes.
      expect(await sum(nodes, 'vendor_statistics_hits', 'cache="sessions"')).toBeGreaterThan(0)
      expect(await sum(nodes, 'holdfast_owner_reads', 'way="remote"')).toBeGreaterThan(0)
      await expectNeverBack(ended)
    },
  )

  test.skipIf(unavailable !== null || inLab)(
    'a revoked token, and the sessions of a user whom an administrator signs out, are refused by all at once',
    async () => {
      const promptness = new Promptness()
      const token = await warmSession(nodes, 0)
      await post(nodes[1] as Node, 'revoke', { ...app, token: token.access_token })
      await promptness.check('all refuse the token', async () =>
        areAll(await everywhere(nodes, token.access_token), 401),
      )
      const tokens = await warmSession(nodes, 10)
      const { username, password } = bootstrapAdmin
      const grant = { grant_type: 'password', client_id: 'admin-cli', username, password }
      const admin = (await (
        await post(nodes[0] as Node, 'token', grant, 'master')
      ).json()) as Tokens
      const headers = { authorization: `Bearer ${admin.access_token}` }
      const users = `${nodes[0]?.url}/admin/realms/demo/users`
      const found = await fetch(`${users}?username=person-10&exact=true`, { headers })
      const [{ id } = { id: '' }] = (await found.json()) as { id: string }[]
      expect((await fetch(`${users}/${id}/logout`, { method: 'POST', headers })).status).toBe(204)
      await promptness.check('all refuse the session', async () =>
        areAll(await everywhere(nodes, tokens.access_token), 401),
      )
      await expectNeverBack([token, tokens].slice(1))
    },
  )

  test.skipIf(unavailable !== null || !inLab)(
    'with the mesh cut it is refused by all within a second, and stays so when the mesh is back',
    async () => {
      const warm = await Promise.all([0, 1, 2, 3].map((round) => warmSession(nodes, round)))
      lab?.cut()
      const [first, ...rest] = warm as [Tokens, ...Tokens[]]
      for (const tokens of [first, ...rest]) {
        await logOut(nodes[0] as Node, tokens)
        const tookMs = await eventually('all refuse it', byPollWithinMs, async () =>
          areAll(await everywhere(nodes, tokens.access_token), 401),
        )
        expect(tookMs).toBeLessThan(byPollWithinMs)
      }
      await expectNeverBack(warm)
      // Sessions that live go on, past the owners that cannot be reached.
      await warmSession(nodes, 5)
      lab?.heal()
      await eventually('the mesh is back', 15_000, async () => (await reachable()) === 3)
      await expectNeverBack(warm)
    },
  )
})
