import { adminRoutes } from '@holdfast/server/protocols/admin/register-admin'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

type Ids = Readonly<Record<string, string>>

interface Call {
  readonly method: string
  readonly path: string
  /** The parameter whose value is of the other realm. */
  readonly foreign: string
}

/** Routes whose parameter may name what is nowhere: they answer as Keycloak does. */
const answeredAnyway = new Map([
  [
    'POST /users/:userId/credentials/:credentialId/moveAfter/:newPreviousCredentialId',
    'what is to stand before is not looked for where it is not',
  ],
  [
    'GET /attack-detection/brute-force/users/:userId',
    'the state of nobody is that of somebody without failures',
  ],
  ['DELETE /attack-detection/brute-force/users/:userId', 'there is nothing to forget'],
])

/** Registering only writes the list: nothing of what the handlers would use is asked for. */
const nothing: unknown = new Proxy(() => nothing, { get: () => nothing })
const routes = adminRoutes(nothing as Parameters<typeof adminRoutes>[0]).ofRealms

const lists = {
  clientUuid: '/clients?max=500',
  userId: '/users?max=500',
  groupId: '/groups',
  roleId: '/roles',
  scopeId: '/client-scopes',
  flowId: '/authentication/flows',
  componentId: '/components',
}

/** What a change of the realm would change; read before and after. */
const snapshots = [
  '',
  '/users?max=500',
  '/groups?briefRepresentation=false',
  '/roles?briefRepresentation=false',
  '/clients?max=500',
  '/client-scopes',
  '/components',
  '/authentication/flows',
  '/authentication/required-actions',
]

describe('an id of another realm', () => {
  let server: TestServer
  let admin: AdminSession
  const realms = { own: 'demo', other: 'acme' }
  let ids: { own: Ids; other: Ids }

  beforeAll(async () => {
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    ids = { own: await idsOf(realms.own), other: await idsOf(realms.other) }
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const get = async (realm: string, path: string): Promise<unknown> =>
    (await admin.send(`/admin/realms/${realm}${path}`)).body

  async function idsOf(realm: string): Promise<Ids> {
    const found: Record<string, string> = {}
    for (const [parameter, path] of Object.entries(lists)) {
      const all = (await get(realm, path)) as { id: string }[]
      found[parameter] = all.at(-1)?.id ?? 'none'
    }
    const users = (await get(realm, '/users?max=500')) as { id: string }[]
    for (const { id } of users) {
      const [credential] = (await get(realm, `/users/${id}/credentials`)) as { id: string }[]
      if (credential !== undefined) found['credentialId'] = credential.id
    }
    const [flow] = (await get(realm, '/authentication/flows')) as { alias: string }[]
    const executions = await get(realm, `/authentication/flows/${flow?.alias}/executions`)
    found['executionId'] = (executions as { id: string }[])[0]?.id ?? 'none'
    found['containerUuid'] = found['clientUuid'] ?? ''
    found['clientId'] = found['clientUuid'] ?? ''
    found['newPreviousCredentialId'] = found['credentialId'] ?? 'none'
    return found
  }

  /** Every route with every one of its parameters foreign in turn, the others of the realm itself. */
  function calls(): Call[] {
    return routes.flatMap(({ method, path }) =>
      [...path.matchAll(/:(\w+)/g)]
        .map(([, name = '']) => name)
        .filter((name) => ids.other[name] !== undefined)
        .map((foreign) => ({ method, path, foreign })),
    )
  }

  async function play({ method, path, foreign }: Call): Promise<number> {
    const url = path.replace(/:(\w+)/g, (_, name: string) => {
      const value = name === foreign ? ids.other[name] : ids.own[name]
      return encodeURIComponent(value ?? 'none')
    })
    const place = `/admin/realms/${realms.own}${url}`
    if (method === 'GET') return (await admin.send(place)).status
    const item = { id: ids.other[foreign], name: 'x', alias: 'x' }
    const statuses: number[] = []
    for (const body of [item, [item], []]) {
      statuses.push((await admin.send(place, { method, body })).status)
    }
    return statuses.find((status) => status < 300) ?? statuses[0] ?? 0
  }

  it('is known to no endpoint of a realm, and nothing behind it changes', async () => {
    const before = await Promise.all(snapshots.map((path) => get(realms.other, path)))
    const all = calls()
    expect(all.length).toBeGreaterThan(100)
    const taken: string[] = []
    for (const call of all) {
      const name = `${call.method} ${call.path}`
      const status = await play(call)
      // 501 is Keycloak's word for permissions that are switched off.
      if (status >= 500 && status !== 501) taken.push(`${status} ${name} (${call.foreign})`)
      else if (status < 300 && !(answeredAnyway.has(name) && call.foreign !== 'credentialId')) {
        taken.push(`${status} ${name} (${call.foreign})`)
      }
    }
    expect(taken).toEqual([])
    const after = await Promise.all(snapshots.map((path) => get(realms.other, path)))
    expect(after).toEqual(before)
  })
})
