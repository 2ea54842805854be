import { beforeEach, describe, expect, it } from 'vitest'
import type { Database, Queryable } from '../../../database/database.ts'
import { plainSecretBox } from '../../../database/plain-secret-box.ts'
import type { Client } from '../../clients/client.ts'
import type { Realm } from '../../realms/realm.ts'
import { ClusterKeys } from './cluster-keys.ts'
import { LoginStateConflict, LoginStates } from './login-states.ts'
import { newLoginState } from './new-login-state.ts'
import { Seals } from './seals.ts'
import { StoredLoginStates } from './stored-login-states.ts'

/** The few statements that login state needs, on maps. */
class FakeDatabase {
  readonly keys: Record<string, unknown>[] = []
  readonly rows = new Map<string, { state: unknown; ver: number }>()
  writes = 0

  async query<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    if (text.includes('INSERT INTO cluster_key')) {
      const [id, , secret, createdAt, activeFrom] = values
      this.keys.unshift({ id, secret, createdAt, activeFrom })
      return []
    }
    if (text.includes('FROM cluster_key')) return this.keys as R[]
    const key = `${String(values[0])} ${String(values[1])}`
    const row = this.rows.get(key)
    if (text.startsWith('SELECT')) return row === undefined ? [] : ([row] as R[])
    this.writes++
    if (text.includes('INSERT INTO authentication_session')) {
      if (row !== undefined) return []
      this.rows.set(key, { state: JSON.parse(String(values[3])), ver: 1 })
      return [{}] as R[]
    }
    if (row?.ver !== values[4]) return []
    this.rows.set(key, { state: JSON.parse(String(values[2])), ver: (row?.ver ?? 0) + 1 })
    return [{}] as R[]
  }

  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
    return work(this)
  }
}

const realm = {
  id: 'r',
  name: 'r',
  settings: { accessCodeLifespanLogin: 1800, accessCodeLifespanUserAction: 300 },
} as Realm
const address = '192.0.2.1'
const request = {
  protocol: 'openid-connect',
  redirectUri: 'https://app.example.org/cb',
  prompt: [],
  maxAge: null,
  loginHint: null,
  uiLocales: null,
  requestedLoa: -1,
  loaForced: false,
  kcAction: null,
  scope: 'openid',
  parameters: {},
}

describe('LoginStates', () => {
  let now = 1_000_000
  let database: FakeDatabase
  let states: LoginStates
  const clock = { now: () => now, monotonic: () => now }
  const node = () => {
    const keys = new ClusterKeys({
      database: database as unknown as Database,
      secretBox: plainSecretBox,
      clock,
      purpose: 'login-state',
    })
    return new LoginStates({
      records: new StoredLoginStates(database as unknown as Database),
      seals: new Seals({ keys }),
      clock,
    })
  }
  const state = (parameters: Record<string, string> = {}) =>
    newLoginState(realm, { id: 'c' } as Client, { ...request, parameters }, now)

  beforeEach(() => {
    database = new FakeDatabase()
    states = node()
  })

  it('travels with the browser and costs no row, and any node can open it', async () => {
    const kept = state()
    const code = await states.keep(kept, 'browser', address)
    expect(database.writes).toBe(0)
    expect(await node().open(realm, code, 'browser')).toEqual(kept)
  })

  it('opens only for its browser, its realm, whole and in time', async () => {
    const code = await states.keep(state(), 'browser', address)
    expect(await states.open(realm, code, 'other')).toBeUndefined()
    expect(await states.open({ ...realm, id: 'x' } as Realm, code, 'browser')).toBeUndefined()
    expect(await states.open(realm, `${code.slice(0, -2)}AA`, 'browser')).toBeUndefined()
    expect(await states.open(realm, 'nonsense', 'browser')).toBeUndefined()
    now += 1_800_000
    expect(await states.open(realm, code, 'browser')).toBeUndefined()
  })

  it('becomes a row once something is proved, and an old page of it is stale', async () => {
    const kept = { ...state(), proved: true }
    const first = await states.keep(kept, 'browser', address)
    expect(database.writes).toBe(1)
    expect(await states.open(realm, first, 'browser')).toMatchObject({ id: kept.id, ver: 1 })
    const second = await states.keep(kept, 'browser', address)
    expect(await states.open(realm, first, 'browser')).toBe('stale')
    expect(await states.open(realm, second, 'browser')).toMatchObject({ ver: 2 })
  })

  it('lets one of two requests of a tab go on', async () => {
    const kept = { ...state(), proved: true }
    await states.keep(kept, 'browser', address)
    const slow = { ...kept }
    await states.keep(kept, 'browser', address)
    await expect(states.keep(slow, 'browser', address)).rejects.toBeInstanceOf(LoginStateConflict)
  })

  it('puts what is too long for an address into a row, but not for ever', async () => {
    const long = () => state({ state: 'x'.repeat(3_000) })
    const code = await states.keep(long(), 'browser', address)
    expect(code.length).toBeLessThan(500)
    const visits = Array.from({ length: 40 }, () => states.keep(long(), 'browser', address))
    const refused = (await Promise.allSettled(visits)).filter(({ status }) => status === 'rejected')
    expect(refused.length).toBe(11)
    await expect(states.keep(long(), 'browser', '192.0.2.2')).resolves.toBeTypeOf('string')
  })

  it('follows a key with another one, and opens what the old one sealed', async () => {
    const old = await states.keep(state(), 'browser', address)
    now += 31 * 86_400_000
    const late = await states.keep(state(), 'browser', address)
    expect(late.split('.')[0]).toBe(old.split('.')[0])
    now += 200_000
    const next = await states.keep(state(), 'browser', address)
    expect(next.split('.')[0]).not.toBe(old.split('.')[0])
    expect(await states.open(realm, late, 'browser')).toBeDefined()
  })
})
