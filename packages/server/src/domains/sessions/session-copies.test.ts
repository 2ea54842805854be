import type { OwnedRecords } from '@holdfast/cluster'
import { beforeEach, expect, test } from 'vitest'
import type { Queryable } from '../../database/database.ts'
import { SessionCopies, type SessionOwners } from './session-copies.ts'
import { SessionLookUpStore } from './session-look-up-store.ts'

const question = { sessionId: 's1', offline: false, clientUuid: 'c 1', objectId: 'revoked.j1' }

let rows: Record<string, unknown>[]
let statements: unknown[][]
let asked: string[]
let fills: { tags: readonly string[]; idTag: string; identity: string; shard: string }[]
let copies: SessionCopies

beforeEach(() => {
  rows = []
  statements = []
  asked = []
  fills = []
  const read: Queryable = {
    query: async <R>(_text: string, values: readonly unknown[] = []) => {
      statements.push([...values])
      const questions = values[0] as unknown[]
      return questions.map((_, index) => ({ ...rows[0], n: index + 1 })) as R[]
    },
  }
  const owners: SessionOwners = {
    read: async (work) => ({ value: await work(read), identity: 'db-1' }),
    of: <V>(name: string, records: OwnedRecords<V>) => ({
      read: async (key: string, anew: boolean) => {
        asked.push(`${name} ${anew}`)
        const { fill, identity } = await records.read(key)
        const { tags, idTag } = fill
        fills.push({ tags, idTag, identity, shard: records.shardKeyOf(key) })
        return fill.value
      },
    }),
  }
  copies = new SessionCopies(owners, new SessionLookUpStore())
})

const row = {
  id: 's1',
  offline: false,
  realm_id: 'r1',
  user_id: 'u1',
  notes: {},
  ver: 3,
  client_id: 'c 1',
  client_notes: {},
  refresh_chains: { chain: { id: 'x', uses: 1, at: 0, former: null } },
  client_ver: 5,
  present: false,
}

test('a session and its client session are read with one statement, at one place', async () => {
  rows = [row]
  const answer = await copies.ask(question, true)
  expect(answer?.session).toMatchObject({ id: 's1', userId: 'u1', ver: 3 })
  // Refresh chains decide about tokens: no copy has them.
  expect(answer?.clientSession).toMatchObject({ clientUuid: 'c 1', ver: 5, refreshChains: {} })
  expect(statements).toHaveLength(1)
  expect(asked.sort()).toEqual(['clientSessions true', 'sessions true'])
  expect(fills.map(({ shard, identity }) => `${shard} ${identity}`)).toEqual(['s1 db-1', 's1 db-1'])
})

test('a copy dies with its session, token, client, user and realm', async () => {
  rows = [row]
  await copies.ask(question, false)
  expect(fills.every(({ idTag }) => idTag === 'session:s1')).toBe(true)
  expect(new Set(fills.flatMap(({ tags }) => tags))).toEqual(
    new Set(['client:c 1', 'token:revoked.j1', 'sessions:r1', 'realm:r1', 'user:u1']),
  )
})

test.each([
  ['there is no session', { id: null, client_id: null }],
  ['the client has no part of it', { client_id: null }],
  ['the token was revoked', { present: true }],
])('cannot say yes when %s', async (_why, changed) => {
  rows = [{ ...row, ...changed }]
  expect(await copies.ask(question, false)).toBeNull()
})

test('offline sessions have caches of their own; a token without a session has none', async () => {
  rows = [row]
  await copies.ask({ ...question, offline: true }, false)
  expect(asked.sort()).toEqual(['offlineClientSessions false', 'offlineSessions false'])
  expect(await copies.ask({ ...question, sessionId: null }, false)).toBeNull()
})
