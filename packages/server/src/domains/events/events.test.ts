import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Database } from '../../database/database.ts'
import { DatabaseError, DatabaseUnavailable } from '../../database/database-error.ts'
import { EventCounter } from './event-counter.ts'
import type { EventOutbox } from './event-outbox.ts'
import type { EventSettings } from './event-settings.ts'
import { Events, type LoginEvent } from './events.ts'

const keepAll: EventSettings = {
  eventsEnabled: true,
  eventsExpiration: 60,
  enabledEventTypes: [],
  eventsListeners: ['jboss-logging'],
  adminEventsEnabled: true,
  adminEventsDetailsEnabled: false,
}
const login: LoginEvent = { type: 'LOGIN', realmId: 'r-1', realmName: 'acme', clientId: 'web' }
const failedLogin: LoginEvent = { ...login, type: 'LOGIN_ERROR', error: 'user_not_found' }

/** A database that remembers the rows of each INSERT and fails as often as told. */
class RecordingDatabase implements Database {
  readonly rows: Record<string, unknown>[] = []
  failures: Error[] = []

  query<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    const failure = this.failures.shift()
    if (failure !== undefined) return Promise.reject(failure)
    if (text.startsWith('INSERT')) this.rows.push(...JSON.parse(String(values[0])))
    return Promise.resolve([])
  }

  transaction<T>(): Promise<T> {
    return Promise.reject(new Error('events need no transaction'))
  }
}

function start(settings: EventSettings | null = keepAll, debug = true) {
  const database = new RecordingDatabase()
  const log = {
    trace: vi.fn(),
    debug: vi.fn(),
    info: vi.fn(),
    warn: vi.fn(),
    error: vi.fn(),
    isLevelEnabled: () => debug,
  }
  const registry = new Registry()
  const counter = new EventCounter(registry, {
    enabled: true,
    tags: ['realm', 'clientId', 'idp'],
    events: [],
  })
  const clock = { now: () => 1_000_000, monotonic: () => 0 }
  const settingsOf = vi.fn(() => Promise.resolve(settings))
  const keepsNoLogins = () => settings?.eventsEnabled === false
  const outbox: EventOutbox = {
    mayWant: () => false,
    keep: () => undefined,
    written: () => undefined,
    loginTrace: () => Promise.resolve(null),
    adminTrace: () => Promise.resolve(null),
  }
  const events = new Events({
    database,
    clock,
    log: log as never,
    counter,
    settingsOf,
    keepsNoLogins,
    outbox,
  })
  return { events, database, log, registry, settingsOf }
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('stores what the realm keeps, with the time it goes', async () => {
  const { events, database } = start()
  events.record(login)
  events.record({ ...login, type: 'REFRESH_TOKEN' })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(database.rows).toMatchObject([
    { type: 'LOGIN', realmId: 'r-1', clientId: 'web', time: 1_000_000, expiresAt: 1_060_000 },
  ])
  expect(database.rows[0]).not.toHaveProperty('realmName')
})

it('stores nothing where the realm keeps no events, and for realms that are gone', async () => {
  for (const settings of [{ ...keepAll, eventsEnabled: false }, null]) {
    const { events, database } = start(settings)
    events.record(login)
    await events.close()
    expect(database.rows).toEqual([])
  }
})

it('lets nothing wait that nobody will keep or log', async () => {
  const { events, log, registry, settingsOf } = start({ ...keepAll, eventsEnabled: false }, false)
  events.record(login)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(settingsOf).not.toHaveBeenCalled()
  expect(await registry.metrics()).toContain('event="login",error=""} 1')
  events.record(failedLogin)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ mdc: expect.objectContaining({ realmName: expect.anything() }) }),
    expect.stringContaining('type="LOGIN_ERROR"'),
  )
})

it('logs failures as warnings and successes only for those who look closely', async () => {
  const { events, log } = start()
  events.record(login)
  events.record(failedLogin)
  await events.close()
  expect(log.debug).toHaveBeenCalledWith(expect.anything(), expect.stringContaining('type="LOGIN"'))
  expect(log.warn).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ mdc: expect.objectContaining({ realmName: expect.anything() }) }),
    expect.stringContaining('type="LOGIN_ERROR"'),
  )
})

it('counts at once, errors under the type of their success', async () => {
  const { events, registry } = start()
  events.record(failedLogin)
  expect(await registry.metrics()).toContain(
    'keycloak_user_events_total{realm="acme",client_id="web",idp="",event="login",error="user_not_found"} 1',
  )
})

it('waits while the database is away, and logs each event once', async () => {
  const { events, database, log } = start()
  database.failures = [new DatabaseUnavailable('away'), new DatabaseUnavailable('away')]
  events.record(failedLogin)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(database.rows).toHaveLength(1)
  const lines = log.warn.mock.calls.filter(([, line]) => String(line).startsWith('type='))
  expect(lines).toHaveLength(1)
})

it('does not let refused rows block those behind', async () => {
  const { events, database, log } = start()
  database.failures = [new DatabaseError('invalid input', '22P02')]
  events.record(login)
  await vi.advanceTimersByTimeAsync(1_000)
  events.record({ ...login, type: 'LOGOUT' })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(database.rows).toMatchObject([{ type: 'LOGOUT' }])
  expect(log.error).toHaveBeenCalledOnce()
})

it('keeps at most 10,000 events and says how many were lost', async () => {
  const { events, database, log } = start()
  for (let index = 0; index < 10_003; index += 1) events.record(login)
  await events.close()
  expect(database.rows).toHaveLength(10_000)
  expect(log.error).toHaveBeenCalledWith(expect.stringContaining('3 events were lost'))
})

it('writes what waits when it is closed', async () => {
  const { events, database } = start()
  events.record(login)
  await events.close()
  expect(database.rows).toMatchObject([{ type: 'LOGIN' }])
})

it('an administrative change writes its event in its own transaction, and tells the log after the commit', async () => {
  const { events, log } = start()
  const trace = await events.trace({
    realmId: 'r-1',
    realmName: 'acme',
    operationType: 'UPDATE',
    resourceType: 'USER',
    resourcePath: 'users/u-1',
    author: { realmId: 'r-0', clientId: 'c-0', userId: 'u-0', ipAddress: '127.0.0.1' },
    representation: { username: 'x' },
  })
  const texts: string[] = []
  const rows: unknown[] = []
  const afterwards: (() => void)[] = []
  const query = <R>(text: string, values: readonly unknown[] = []): Promise<R[]> => {
    texts.push(text)
    rows.push(...JSON.parse(String(values[0])))
    return Promise.resolve([])
  }
  const onCommitted = (work: () => void) => {
    afterwards.push(work)
  }
  await trace({ query, append: () => undefined, onCommitted, last: { query } })
  expect(texts).toEqual([expect.stringContaining('INSERT INTO admin_event')])
  expect(rows).toMatchObject([{ resourcePath: 'users/u-1', authDetails: { userId: 'u-0' } }])
  expect(rows[0]).not.toHaveProperty('representation')
  expect(log.debug).not.toHaveBeenCalled()
  for (const work of afterwards) work()
  expect(log.debug).toHaveBeenCalledOnce()
})
