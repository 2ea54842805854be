import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { fixture } from '../harness/fixtures.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { type Matrix, play } from './play.ts'
import { World } from './world.ts'

const forbidden = 403

/** Writes that have no endpoint yet. */
const later: ReadonlySet<string> = new Set(['DELETE consent', 'POST node of administration client'])

/** Every role in its own realm; a few from master and elsewhere, where only the way to the roles is another. */
function isPlayed(who: string, realm: 'other' | 'own'): boolean {
  return sampled.has(who) || (realm === 'own' && who.startsWith('own/'))
}

const listed = 'lists are for those who may see what they list'
/** What is refused here on purpose though Keycloak allows it, and why. */
const stricter: Readonly<Record<string, string>> = {
  'GET available roles of scope for consoles': listed,
  'GET effective roles of scope for consoles': listed,
  'GET all effective roles of scope for consoles': listed,
  'PUT administrators group of user':
    'a group gives its roles: nobody gives away more than they have',
  'POST composite of realm-admin of user':
    'a composite gives its roles: nobody gives away more than they have',
}

/** Who writes to the other realm, and who of master: nothing tells the others apart there. */
const sampled: ReadonlySet<string> = new Set([
  'own/realm-admin',
  'own/manage-users',
  'own/nobody',
  'master/manage-realm',
  'master/manage-clients',
  'master/create-realm',
])

/** What is shown here though Keycloak refuses it, and why. */
const looser: Readonly<Record<string, string>> = {
  'GET effective client roles of group':
    'those who see a group see what it holds, as in its other lists',
}

const recorded = fixture<{ own: Matrix; other: Matrix }>('admin/permission-matrix')
let played: { own: Matrix; other: Matrix }
let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
  const world = new World(server.url, async () => await AdminSession.open(server.url))
  await world.make()
  played = await play(world, isPlayed)
}, 400_000)

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

describe.each(['own', 'other'] as const)('writes to the %s realm', (realm) => {
  it('are answered to every partial role as Keycloak answers them', () => {
    const differences: string[] = []
    for (const [name, expected] of Object.entries(recorded[realm])) {
      if (later.has(name)) continue
      const given = played[realm][name] ?? {}
      for (const who of new Set([...Object.keys(expected), ...Object.keys(given)])) {
        if (!isPlayed(who, realm)) continue
        const [wanted, status] = [expected[who] ?? forbidden, given[who] ?? forbidden]
        if (!isRight(name, wanted, status))
          differences.push(`${who} ${name}: ${status}, Keycloak ${wanted}`)
      }
    }
    expect(differences).toEqual([])
  })
})

/**
 * Where Keycloak looks for a thing before it asks who wants it, or fails, a refusal is right as well: it tells those who may do
 * nothing less.
 */
function isRight(name: string, wanted: number, status: number): boolean {
  if (status === wanted) return true
  if (wanted >= 500) return status < 500
  if (name in looser && status === 200) return true
  return status === forbidden && (wanted === 404 || name in stricter)
}

it('every write that is left out here has no endpoint', () => {
  const there = [...later].filter((name) =>
    Object.values(played.own[name] ?? {}).some((status) => status !== 404 && status !== 405),
  )
  expect(there).toEqual([])
})
