import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { BlackholedMesh } from '../harness/blackholed-mesh.ts'
import { bootstrapAdmin, type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually, metric } from './cluster-node.ts'

/** By the next look at the database, on a machine that is busy. */
const byPollWithinMs = 1_000

/** What every behaviour test runs on when the run's environment asks for it (see `harness/blackholed-mesh.ts`). */
describe('two nodes whose mesh swallows everything', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let mesh: BlackholedMesh
  let nodes: ServerProcess[] = []

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    mesh = await BlackholedMesh.open()
    const start = async () =>
      await startServer({
        databaseUrl: database.url,
        options: [
          '--health-enabled=true',
          '--metrics-enabled=true',
          '--hostname=http://login.example.com',
          ...(await mesh.options()),
        ],
      })
    nodes = await Promise.all([start(), start()])
  }, 120_000)

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await mesh?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  const every = async (name: string) =>
    await Promise.all(nodes.map(async ({ managementUrl }) => await metric(managementUrl, name)))

  async function displayName(node: ServerProcess, token: string, body?: object): Promise<string> {
    const answer = await fetch(`${node.url}/admin/realms/demo`, {
      method: body === undefined ? 'GET' : 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return text === '' ? '' : String((JSON.parse(text) as { displayName?: string }).displayName)
  }

  test('are one cluster, do not hear each other, and see changes by their next look', async () => {
    await eventually('both are in the view, and neither reaches the other', 15_000, async () => {
      const [sizes, reached] = await Promise.all([
        every('vendor_cluster_size'),
        every('holdfast_cluster_peer_reachable'),
      ])
      return sizes.join() === '2,2' && reached.join() === '0,0'
    })
    const [first, second] = nodes as [ServerProcess, ServerProcess]
    const { username, password } = bootstrapAdmin
    const form = { grant_type: 'password', client_id: 'admin-cli', username, password }
    const granted = await fetch(`${first.realmUrl('master')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    const { access_token } = (await granted.json()) as { access_token: string }
    for (let round = 0; round < 5; round++) {
      const name = `round ${round}`
      await displayName(second, access_token)
      await displayName(first, access_token, { displayName: name })
      await eventually('the other shows it', byPollWithinMs, async () => {
        return (await displayName(second, access_token)) === name
      })
    }
    const [, pushed] = await every('holdfast_invalidation_log_pushes_applied')
    expect(pushed).toBe(0)
  })
})
