import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../harness/free-port.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const writers = 20
const editsEach = 4
/** A write is seen on every reachable node by then, milliseconds. */
const visibleMs = 250
const realm = '/admin/realms/edited'

type Members = Readonly<Record<string, unknown>>

/** A kind of thing: where it is made, what makes it, and two members that each change gives the same mark. */
interface Kind {
  readonly path: string
  readonly named: (name: string) => Members
  readonly change: (mark: string) => Members
  /** @returns the marks that a representation carries */
  readonly marks: (found: Members) => readonly unknown[]
}

const attributesOf = (found: Members) => (found['attributes'] ?? {}) as Record<string, unknown>

const kinds: Readonly<Record<string, Kind>> = {
  user: {
    path: `${realm}/users`,
    named: (username) => ({ username, enabled: true }),
    change: (mark) => ({ firstName: mark, lastName: mark }),
    marks: ({ firstName, lastName }) => [firstName, lastName],
  },
  client: {
    path: `${realm}/clients`,
    named: (clientId) => ({ clientId }),
    change: (mark) => ({ description: mark, attributes: { mark } }),
    marks: (found) => [found['description'], attributesOf(found)['mark']],
  },
  group: {
    path: `${realm}/groups`,
    named: (name) => ({ name }),
    change: (mark) => ({ description: mark, attributes: { mark: [mark] } }),
    marks: (found) => [found['description'], (attributesOf(found)['mark'] as string[])?.[0]],
  },
  role: {
    path: `${realm}/roles`,
    named: (name) => ({ name }),
    change: (mark) => ({ description: mark, attributes: { mark: [mark] } }),
    marks: (found) => [found['description'], (attributesOf(found)['mark'] as string[])?.[0]],
  },
  'client scope': {
    path: `${realm}/client-scopes`,
    named: (name) => ({ name, protocol: 'openid-connect' }),
    change: (mark) => ({ description: mark, attributes: { mark } }),
    marks: (found) => [found['description'], attributesOf(found)['mark']],
  },
  realm: {
    path: '/admin/realms',
    named: (name) => ({ realm: name, enabled: true }),
    change: (mark) => ({ displayName: mark, attributes: { mark } }),
    marks: (found) => [found['displayName'], attributesOf(found)['mark']],
  },
}

let server: TestServer
let other: ServerProcess
let nodes: AdminSession[]

beforeAll(async () => {
  const port = await freePort()
  const options = [`--hostname=http://127.0.0.1:${port}`]
  server = await startTestServer({ port, options })
  other = await startServer({ databaseUrl: server.database.url, options })
  nodes = [await AdminSession.open(server.url), await AdminSession.open(other.url)]
  await node(0).send('/admin/realms', { method: 'POST', body: { realm: 'edited', enabled: true } })
})
afterAll(async () => {
  await other?.stop()
  await server?.[Symbol.asyncDispose]()
})

function node(writer: number): AdminSession {
  return nodes[writer % nodes.length] as AdminSession
}

/** What each of the writers gets, all at once, by turns on both nodes. */
async function atOnce<T>(run: (writer: number) => Promise<T>): Promise<T[]> {
  return await Promise.all(Array.from({ length: writers }, async (_, writer) => await run(writer)))
}

const pathOf = (location: string | null) => new URL(location ?? '').pathname

describe.each(Object.entries(kinds))('one %s, changed by twenty on two nodes', (_, kind) => {
  let path: string

  it('is made once', async () => {
    const made = await atOnce((writer) =>
      node(writer).send(kind.path, { method: 'POST', body: kind.named('one') }),
    )
    const statuses = made.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([201, ...Array(writers - 1).fill(409)])
    path = pathOf(made.find(({ status }) => status === 201)?.headers.get('location') ?? null)
  })

  it('holds one whole change, the same on both nodes', async () => {
    await expect.poll(async () => (await node(0).send(path)).status).toBe(200)
    await expect.poll(async () => (await node(1).send(path)).status).toBe(200)
    const written = new Set<string>()
    await atOnce(async (writer) => {
      for (let edit = 0; edit < editsEach; edit++) {
        const mark = `mark-${writer}-${edit}`
        const body = { ...kind.named('one'), ...kind.change(mark) }
        const { status, body: answer } = await node(writer).send(path, { method: 'PUT', body })
        expect(status, JSON.stringify(answer)).toBe(204)
        written.add(mark)
      }
    })
    await pause(visibleMs)
    const [mark, ...others] = await Promise.all(
      nodes.map(async (each) => kind.marks((await each.send(path)).body as Members)),
    )
    expect(written).toContain(mark?.[0])
    expect(mark?.[1]).toBe(mark?.[0])
    expect(others).toEqual([mark])
    const last = { ...kind.named('one'), ...kind.change('last') }
    expect((await node(1).send(path, { method: 'PUT', body: last })).status).toBe(204)
    await pause(visibleMs)
    expect(kind.marks((await node(0).send(path)).body as Members)).toEqual(['last', 'last'])
  })

  it('is deleted once, whoever changes it meanwhile', async () => {
    const answers = await atOnce((writer) => {
      const body = { ...kind.named('one'), ...kind.change(`late-${writer}`) }
      return node(writer).send(
        path,
        writer % 4 < 2 ? { method: 'DELETE' } : { method: 'PUT', body },
      )
    })
    const of = (deleting: boolean) =>
      answers.filter((_, writer) => writer % 4 < 2 === deleting).map(({ status }) => status)
    expect(of(true).filter((status) => status === 204)).toHaveLength(1)
    expect([...new Set(of(true))].filter((status) => status !== 204)).toEqual([404])
    expect([204, 404]).toEqual(expect.arrayContaining([...new Set(of(false))]))
    await pause(visibleMs)
    for (const each of nodes) expect((await each.send(path)).status).toBe(404)
  })
})
