import type { Queryable } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'
import type { StoredAdminEvent } from './admin-event.ts'
import {
  type AdminEventFilter,
  type EventPage,
  eventsPerPage,
  type LoginEventFilter,
} from './event-filters.ts'
import type { StoredLoginEvent } from './login-event.ts'

/** When a row may go, in milliseconds since the epoch. */
interface Expiring {
  readonly expiresAt: number | null
}

interface LoginEventRow {
  id: string
  at: number
  realm_id: string
  type: string
  client_id: string | null
  user_id: string | null
  session_id: string | null
  ip_address: string | null
  error: string | null
  details: Record<string, string> | null
}

interface AdminEventRow {
  id: string
  at: number
  realm_id: string
  operation: string
  resource_type: string
  resource_path: string
  auth: StoredAdminEvent['authDetails']
  representation: string | null
  details: Record<string, string> | null
  error: string | null
}

const detailCharactersMax = 2550

/** All SQL of login and admin events. */
export class EventStore {
  /** One statement for all rows; a row that is there already (a repeated attempt) is left as it is. */
  async insertLoginEvents(
    db: Queryable,
    events: readonly (StoredLoginEvent & Expiring)[],
  ): Promise<void> {
    await db.query(
      `INSERT INTO login_event (id, realm_id, at, type, client_id, user_id, session_id, ip_address, error, details, expires_at)
       SELECT id, "realmId", "time", type, "clientId", "userId", "sessionId", "ipAddress", error, details, "expiresAt"
       FROM jsonb_to_recordset($1::jsonb) AS e(id text, "realmId" text, "time" bigint, type text, "clientId" text,
         "userId" text, "sessionId" text, "ipAddress" text, error text, details jsonb, "expiresAt" bigint)
       ON CONFLICT (id) DO NOTHING`,
      [storableJson(events)],
    )
  }

  async insertAdminEvents(
    db: Queryable,
    events: readonly (StoredAdminEvent & Expiring)[],
  ): Promise<void> {
    await db.query(
      `INSERT INTO admin_event (id, realm_id, at, operation, resource_type, resource_path, auth, representation, details, error, expires_at)
       SELECT id, "realmId", "time", "operationType", "resourceType", coalesce("resourcePath", ''), "authDetails", representation,
         details, error, "expiresAt"
       FROM jsonb_to_recordset($1::jsonb) AS e(id text, "realmId" text, "time" bigint, "operationType" text,
         "resourceType" text, "resourcePath" text, "authDetails" jsonb, representation text, details jsonb, error text, "expiresAt" bigint)
       ON CONFLICT (id) DO NOTHING`,
      [storableJson(events)],
    )
  }

  /** Reads by index login_event_realm (realm_id, at). */
  async findLoginEvents(
    db: Queryable,
    realmId: RealmId,
    filter: LoginEventFilter,
    nowMs: number,
  ): Promise<StoredLoginEvent[]> {
    const where = new Conditions(realmId, nowMs)
    where.oneOf('type', filter.types)
    where.equal('client_id', filter.client)
    where.equal('user_id', filter.user)
    where.equal('ip_address', filter.ipAddress)
    where.between('at', filter.dateFrom, filter.dateTo)
    const rows = await db.query<LoginEventRow>(
      `SELECT id, at, realm_id, type, client_id, user_id, session_id, ip_address, error, details
       FROM login_event ${where.text} ${pageOf(filter, where)}`,
      where.values,
    )
    return rows.map(loginEventOf)
  }

  /** Reads by index admin_event_realm (realm_id, at). */
  async findAdminEvents(
    db: Queryable,
    realmId: RealmId,
    filter: AdminEventFilter,
    nowMs: number,
  ): Promise<StoredAdminEvent[]> {
    const where = new Conditions(realmId, nowMs)
    where.oneOf('operation', filter.operationTypes)
    where.oneOf('resource_type', filter.resourceTypes)
    where.like('resource_path', filter.resourcePath)
    where.equal(`auth->>'realmId'`, filter.authRealm)
    where.equal(`auth->>'clientId'`, filter.authClient)
    where.equal(`auth->>'userId'`, filter.authUser)
    where.equal(`auth->>'ipAddress'`, filter.authIpAddress)
    where.between('at', filter.dateFrom, filter.dateTo)
    const rows = await db.query<AdminEventRow>(
      `SELECT id, at, realm_id, operation, resource_type, resource_path, auth, representation, details, error
       FROM admin_event ${where.text} ${pageOf(filter, where)}`,
      where.values,
    )
    return rows.map(adminEventOf)
  }

  async clearLoginEvents(db: Queryable, realmId: RealmId): Promise<void> {
    await db.query('DELETE FROM login_event WHERE realm_id = $1', [realmId])
  }

  async clearAdminEvents(db: Queryable, realmId: RealmId): Promise<void> {
    await db.query('DELETE FROM admin_event WHERE realm_id = $1', [realmId])
  }

  /** Deletes at most `rowsMax` expired rows of each table, by index *_event_expiry; returns how many went. */
  async removeExpired(db: Queryable, nowMs: number, rowsMax: number): Promise<number> {
    let removed = 0
    for (const table of ['login_event', 'admin_event']) {
      const rows = await db.query(
        `DELETE FROM ${table} WHERE id IN
           (SELECT id FROM ${table} WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2) RETURNING id`,
        [nowMs, rowsMax],
      )
      removed += rows.length
    }
    return removed
  }
}

/** Grows a WHERE clause with its parameters. */
class Conditions {
  readonly values: unknown[]
  #text: string

  constructor(realmId: RealmId, nowMs: number) {
    this.values = [realmId, nowMs]
    this.#text = 'WHERE realm_id = $1 AND (expires_at IS NULL OR expires_at > $2)'
  }

  get text(): string {
    return this.#text
  }

  equal(column: string, value: string | undefined): void {
    if (value !== undefined) this.#text += ` AND ${column} = ${this.parameter(value)}`
  }

  oneOf(column: string, values: readonly string[] | undefined): void {
    if (values === undefined || values.length === 0) return
    this.#text += ` AND ${column} = ANY(${this.parameter([...values])})`
  }

  like(column: string, pattern: string | undefined): void {
    if (pattern === undefined) return
    const escaped = pattern.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%')
    this.#text += ` AND ${column} LIKE ${this.parameter(escaped)}`
  }

  between(column: string, from: number | undefined, to: number | undefined): void {
    if (from !== undefined) this.#text += ` AND ${column} >= ${this.parameter(from)}`
    if (to !== undefined) this.#text += ` AND ${column} <= ${this.parameter(to)}`
  }

  /** @returns the placeholder of a further parameter */
  parameter(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }
}

function pageOf(page: EventPage, where: Conditions): string {
  const direction = page.direction === 'asc' ? 'ASC' : 'DESC'
  const max = page.max === undefined ? eventsPerPage : page.max
  const limit = max < 0 ? '' : ` LIMIT ${where.parameter(max)}`
  return `ORDER BY at ${direction}, id ${direction}${limit} OFFSET ${where.parameter(Math.max(0, page.first ?? 0))}`
}

function loginEventOf(row: LoginEventRow): StoredLoginEvent {
  return {
    id: row.id,
    time: row.at,
    type: row.type,
    realmId: row.realm_id,
    ...(row.client_id === null ? {} : { clientId: row.client_id }),
    ...(row.user_id === null ? {} : { userId: row.user_id }),
    ...(row.session_id === null ? {} : { sessionId: row.session_id }),
    ...(row.ip_address === null ? {} : { ipAddress: row.ip_address }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.details === null ? {} : { details: row.details }),
  }
}

function adminEventOf(row: AdminEventRow): StoredAdminEvent {
  return {
    id: row.id,
    time: row.at,
    realmId: row.realm_id,
    authDetails: row.auth,
    operationType: row.operation,
    resourceType: row.resource_type,
    ...(row.resource_path === '' ? {} : { resourcePath: row.resource_path }),
    ...(row.details === null ? {} : { details: row.details }),
    ...(row.representation === null ? {} : { representation: row.representation }),
    ...(row.error === null ? {} : { error: row.error }),
  }
}

/** PostgreSQL takes neither NUL nor halves of surrogate pairs in text; what people type may have both. */
function storableJson(events: readonly object[]): string {
  const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\0/g
  return JSON.stringify(events, (name, value: unknown) => {
    if (typeof value !== 'string') return value
    const text = value.replace(loneSurrogate, '\ufffd')
    return name === 'representation' ? text : text.slice(0, detailCharactersMax)
  })
}
