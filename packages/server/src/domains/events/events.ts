import { AsyncResource } from 'node:async_hooks'
import type { Database, Transaction } from '../../database/database.ts'
import { DatabaseError, DatabaseUnavailable } from '../../database/database-error.ts'
import type { Logger } from '../../log/logger.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { RealmId } from '../typed-ids.ts'
import type { AdminEvent, AdminTrace, StoredAdminEvent } from './admin-event.ts'
import type { EventCounter } from './event-counter.ts'
import type { AdminEventFilter, LoginEventFilter } from './event-filters.ts'
import { adminEventLine, loginEventLine } from './event-lines.ts'
import type { EventOutbox } from './event-outbox.ts'
import type { EventSettings } from './event-settings.ts'
import { EventStore } from './event-store.ts'
import { isErrorType, isKept } from './event-types.ts'
import type { LoginEvent, StoredLoginEvent } from './login-event.ts'

export type { AdminEvent } from './admin-event.ts'
export type { LoginEvent } from './login-event.ts'

export interface EventsDeps {
  readonly database: Database
  readonly clock: Clock
  /** Category `org.keycloak.events`. */
  readonly log: Logger
  readonly counter: EventCounter
  /** The realm's present settings; `null` when the realm is gone. */
  readonly settingsOf: (realmId: RealmId) => Promise<EventSettings | null>
  /** Whether it is known without asking anybody that the realm stores no login events now, and tells nobody of them. */
  readonly keepsNoLogins: (realmId: RealmId) => boolean
  /** Of those who are told over HTTP. */
  readonly outbox: EventOutbox
}

/** Remembers in whose name it was made. */
class Cause extends AsyncResource {
  constructor() {
    super('Event')
  }
}

interface Queued {
  readonly id: string
  readonly time: number
  readonly login: LoginEvent
  /** The request that it belongs to, for its line in the log, which is written with the batch; where it gets one. */
  readonly cause: Cause | undefined
}

const queueEventsMax = 10_000
const batchEventsMax = 500
const flushDelayMs = 200
const retryDelayMs = 2_000
const loggingListener = 'jboss-logging'

/** Writes a login event for those who are told over HTTP, in the transaction of what it tells. */
export type EventTrace = (tx: Transaction, event: LoginEvent) => Promise<void>

/** What a realm may name as a listener beside the log. Must not take long. */
export type EventListener = (event: LoginEvent, time: number) => Promise<void>

/**
 * What happened, told to whoever wants to know. Changes by administrators are written by the transactions that make them.
 * Logins: the counter at once; the log and the table a moment later.
 *
 * A queue of at most 10,000 events waits in memory and is written every 200 ms in one statement. While the database is
 * away it waits; when it is full, further events are only counted and logged as lost. `close()` writes what is left.
 */
export class Events {
  readonly #deps: EventsDeps
  readonly #store = new EventStore()
  readonly #queue: Queued[] = []
  /** Entries whose line is written already, while the database lets them wait. */
  readonly #logged = new Set<Queued>()
  readonly #listeners = new Map<string, EventListener>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> | undefined
  #lost = 0

  constructor(deps: EventsDeps) {
    this.#deps = deps
  }

  /** @param name by which realms name it in `eventsListeners` */
  listen(name: string, listener: EventListener): void {
    this.#listeners.set(name, listener)
  }

  /**
   * Never throws and never waits.
   * @param outboxed the event is in the outbox already: a trace of `alongside` has written it
   */
  record(event: LoginEvent, outboxed = false): void {
    const { counter, outbox, clock } = this.#deps
    counter.count(event)
    if (!outboxed && outbox.mayWant(event.realmId)) {
      outbox.keep({ id: newUuid(), time: clock.now(), event })
    }
    const cause = this.#causeOf(isErrorType(event.type))
    // Neither a line nor a row will come of it: what waits here outlives its request, which costs more than all else.
    if (cause === undefined && this.#deps.keepsNoLogins(event.realmId)) return
    this.#enqueue({ id: newUuid(), time: this.#deps.clock.now(), login: event, cause })
  }

  /**
   * For what is written in one transaction with its event: whoever gets a trace runs it there, and records the event as
   * outboxed.
   * @returns null where nobody is told of events of this type over HTTP
   */
  async alongside(realmId: RealmId, type: string): Promise<EventTrace | null> {
    const { outbox, clock } = this.#deps
    if (!outbox.mayWant(realmId)) return null
    const trace = await outbox.loginTrace(realmId, type)
    if (trace === null) return null
    return async (tx, event) => await trace(tx, { id: newUuid(), time: clock.now(), event })
  }

  /** @returns what an answer of a realm waits for, where its events go into rows before it; undefined for nothing */
  written(realmName: string): Promise<void> | undefined {
    return this.#deps.outbox.written(realmName)
  }

  /**
   * Prepares the record of an administrative change, to be written by the transaction that makes the change: its row, where
   * the realm keeps such, lives and dies with it; its line in the log follows the commit.
   * @param given the realm's settings after the change, where it changes what is kept of events
   */
  async trace(event: AdminEvent, given?: EventSettings): Promise<AdminTrace> {
    const wishes = given ?? (await this.#deps.settingsOf(event.realmId))
    const cause = this.#causeOf(event.error !== undefined)
    const told = wishes && (await this.#adminOutbox(event, wishes))
    return async (tx) => {
      if (wishes === null) return
      const id = newUuid()
      const time = this.#deps.clock.now()
      if (wishes.adminEventsEnabled) {
        await this.#store.insertAdminEvents(tx, [storedAdmin(id, time, event, wishes)])
      }
      if (told) await told(tx, { id, time, event })
      tx.onCommitted(() => cause?.runInAsyncScope(() => this.#logAdmin(event, wishes)))
    }
  }

  async #adminOutbox(event: AdminEvent, wishes: EventSettings) {
    const { outbox } = this.#deps
    if (!outbox.mayWant(event.realmId)) return null
    return await outbox.adminTrace(event, wishes.adminEventsDetailsEnabled)
  }

  /** Writes the record of a command that changes nothing else. */
  async write(trace: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(trace)
  }

  /** Login events of a realm that match, newest first unless asked otherwise. */
  async find(realmId: RealmId, filter: LoginEventFilter = {}): Promise<StoredLoginEvent[]> {
    await this.#flush()
    const { database, clock } = this.#deps
    return await this.#store.findLoginEvents(database, realmId, filter, clock.now())
  }

  /** Admin events of a realm that match, newest first unless asked otherwise. */
  async findAdmin(realmId: RealmId, filter: AdminEventFilter = {}): Promise<StoredAdminEvent[]> {
    await this.#flush()
    const { database, clock } = this.#deps
    return await this.#store.findAdminEvents(database, realmId, filter, clock.now())
  }

  async clear(realmId: RealmId): Promise<void> {
    await this.#flush()
    await this.#store.clearLoginEvents(this.#deps.database, realmId)
  }

  async clearAdmin(realmId: RealmId): Promise<void> {
    await this.#flush()
    await this.#store.clearAdminEvents(this.#deps.database, realmId)
  }

  /** Deletes at most `rowsMax` expired events of each kind; for the job that sweeps expired rows. */
  async removeExpired(rowsMax: number): Promise<number> {
    const { database, clock } = this.#deps
    return await this.#store.removeExpired(database, clock.now(), rowsMax)
  }

  /** Writes what is waiting; to be called while the database still answers. Later events are only counted. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#flush()
    clearTimeout(this.#timer)
    if (this.#queue.length > 0) {
      this.#deps.log.error(`${this.#queue.length} events could not be stored before the stop`)
    }
  }

  /** Errors are logged as warnings, anything else for debugging only. */
  #causeOf(error: boolean): Cause | undefined {
    return error || this.#deps.log.isLevelEnabled('debug') ? new Cause() : undefined
  }

  #enqueue(entry: Queued): void {
    if (this.#queue.length >= queueEventsMax) {
      this.#lost += 1
      return
    }
    this.#queue.push(entry)
    this.#schedule(flushDelayMs)
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#flush()
    }, delayMs)
    this.#timer.unref()
  }

  /** One at a time: a second caller waits for the first and then writes what came meanwhile. */
  async #flush(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing
    if (this.#queue.length === 0) return
    this.#flushing = this.#writeQueue()
    try {
      await this.#flushing
    } finally {
      this.#flushing = undefined
    }
  }

  /** Never rejects: while the database is away the events stay in the queue and another attempt is scheduled. */
  async #writeQueue(): Promise<void> {
    this.#reportLost()
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, batchEventsMax)
      try {
        await this.#write(batch)
      } catch (error) {
        if (!(error instanceof DatabaseError)) {
          const level = error instanceof DatabaseUnavailable ? 'debug' : 'warn'
          this.#deps.log[level]({ err: error }, `${this.#queue.length} events wait to be stored`)
          this.#schedule(retryDelayMs)
          return
        }
        // PostgreSQL refuses the rows themselves: it would refuse them again, and block those behind.
        this.#deps.log.error({ err: error }, `${batch.length} events could not be stored`)
      }
      this.#queue.splice(0, batch.length)
      for (const entry of batch) this.#logged.delete(entry)
    }
  }

  async #write(batch: readonly Queued[]): Promise<void> {
    const settings = await this.#settingsOf(batch)
    const logins: Parameters<EventStore['insertLoginEvents']>[1][number][] = []
    for (const entry of batch) {
      const wishes = settings.get(entry.login.realmId)
      if (wishes === undefined) continue
      entry.cause?.runInAsyncScope(() => this.#logOnce(entry, wishes))
      if (wishes.eventsEnabled && isKept(entry.login.type, wishes.enabledEventTypes)) {
        logins.push(storedLogin(entry, wishes))
      }
    }
    if (logins.length > 0) await this.#store.insertLoginEvents(this.#deps.database, logins)
    await this.#tell(batch, settings)
  }

  /** Tells the listeners of what is stored by now. What one of them cannot do is not tried again. */
  async #tell(
    batch: readonly Queued[],
    settings: ReadonlyMap<string, EventSettings>,
  ): Promise<void> {
    for (const { login, time } of batch) {
      const wishes = settings.get(login.realmId)
      if (!wishes || !isKept(login.type, wishes.enabledEventTypes)) continue
      for (const [name, listener] of this.#listeners) {
        if (!wishes.eventsListeners.includes(name)) continue
        try {
          await listener(login, time)
        } catch (err) {
          this.#deps.log.warn({ err }, `The event listener ${name} was not told of an event`)
        }
      }
    }
  }

  async #settingsOf(batch: readonly Queued[]): Promise<Map<string, EventSettings>> {
    const settings = new Map<string, EventSettings>()
    for (const realmId of new Set(batch.map(({ login }) => login.realmId))) {
      const found = await this.#deps.settingsOf(realmId)
      if (found !== null) settings.set(realmId, found)
    }
    return settings
  }

  #logOnce(entry: Queued, settings: EventSettings): void {
    if (this.#logged.has(entry)) return
    this.#logged.add(entry)
    if (!settings.eventsListeners.includes(loggingListener)) return
    const { log } = this.#deps
    const { login } = entry
    const mdc = eventContext(login)
    if (isErrorType(login.type)) log.warn({ mdc }, loginEventLine(login))
    else if (log.isLevelEnabled('debug')) log.debug({ mdc }, loginEventLine(login))
  }

  #logAdmin(event: AdminEvent, settings: EventSettings): void {
    if (!settings.eventsListeners.includes(loggingListener)) return
    const { log } = this.#deps
    if (event.error !== undefined) log.warn(adminEventLine(event))
    else if (log.isLevelEnabled('debug')) log.debug(adminEventLine(event))
  }

  #reportLost(): void {
    if (this.#lost === 0) return
    this.#deps.log.error(`${this.#lost} events were lost: more than ${queueEventsMax} were waiting`)
    this.#lost = 0
  }
}

/** What a line says of its event where lines name their request. */
function eventContext({ realmName, clientId, userId, sessionId, ipAddress, details }: LoginEvent) {
  const authenticationSessionId = details?.['code_id']
  return { realmName, clientId, userId, sessionId, ipAddress, authenticationSessionId }
}

function storedLogin({ id, time, login }: Queued, settings: EventSettings) {
  const { realmName: _, ...members } = login
  return {
    ...(members as Omit<StoredLoginEvent, 'id' | 'time'>),
    id,
    time,
    expiresAt: expiryOf(time, settings.eventsExpiration),
  }
}

function storedAdmin(id: string, time: number, event: AdminEvent, settings: EventSettings) {
  const details = settings.adminEventsDetailsEnabled ? event.representation : undefined
  return {
    id,
    time,
    realmId: event.realmId,
    authDetails: event.author,
    operationType: event.operationType,
    resourceType: event.resourceType,
    resourcePath: event.resourcePath,
    ...(event.details === undefined ? {} : { details: event.details }),
    ...(details === undefined
      ? {}
      : { representation: typeof details === 'string' ? details : JSON.stringify(details) }),
    ...(event.error === undefined ? {} : { error: event.error }),
    expiresAt: expiryOf(time, settings.adminEventsExpiration),
  }
}

function expiryOf(timeMs: number, lifetimeSeconds: number | undefined): number | null {
  return lifetimeSeconds === undefined || lifetimeSeconds <= 0
    ? null
    : timeMs + lifetimeSeconds * 1000
}
