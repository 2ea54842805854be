import type { Queryable } from '../../database/database.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import type { PermissionTicket, TicketFilter } from './permission-ticket.ts'

const columns = `t.id, t.client_id AS "clientUuid", t.resource_id AS "resourceId", t.scope_id AS "scopeId", t.owner,
  t.requester, t.created_at AS "createdAt", t.granted_at AS "grantedAt"`

/** Each part of a filter and the parameter that it takes, `granted` and paging apart. */
const conditions = [
  ['clientUuid', 't.client_id = $?'],
  ['resourceId', 't.resource_id = $?'],
  ['scopeId', 't.scope_id = $?'],
  ['owner', 't.owner = $?'],
  ['requester', 't.requester = $?'],
  ['party', '(t.owner = $? OR t.requester = $?)'],
] as const

/** All SQL of the table `permission_ticket`. */
export class PermissionTicketStore {
  /** Index: permission_ticket_client, _owner, _requester or _once, by what the filter names. */
  async find(
    read: Queryable,
    realmId: RealmId,
    filter: TicketFilter,
    page: { readonly first: number; readonly max: number },
  ): Promise<PermissionTicket[]> {
    const { where, values } = whereOf(realmId, filter)
    return await read.query(
      `SELECT ${columns} FROM permission_ticket t WHERE ${where} ORDER BY t.id
       OFFSET $${values.length + 1} LIMIT $${values.length + 2}`,
      [...values, page.first, page.max],
    )
  }

  /** Index: as `find`. */
  async count(read: Queryable, realmId: RealmId, filter: TicketFilter): Promise<number> {
    const { where, values } = whereOf(realmId, filter)
    const [row] = await read.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM permission_ticket t WHERE ${where}`,
      [...values],
    )
    return row?.count ?? 0
  }

  /** Index: permission_ticket_pkey. */
  async byId(
    read: Queryable,
    clientUuid: ClientUuid,
    id: string,
  ): Promise<PermissionTicket | null> {
    const rows = await read.query<PermissionTicket>(
      `SELECT ${columns} FROM permission_ticket t WHERE t.id = $1 AND t.client_id = $2`,
      [id, clientUuid],
    )
    return rows[0] ?? null
  }

  /** Index: permission_ticket_once. @returns whether it was not there */
  async insert(db: Queryable, ticket: PermissionTicket): Promise<boolean> {
    const { id, clientUuid, resourceId, scopeId, owner, requester, createdAt, grantedAt } = ticket
    const rows = await db.query(
      `INSERT INTO permission_ticket
         (id, client_id, resource_id, scope_id, owner, requester, created_at, granted_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING id`,
      [id, clientUuid, resourceId, scopeId, owner, requester, createdAt, grantedAt],
    )
    return rows.length > 0
  }

  /** Index: permission_ticket_pkey. @param now milliseconds since the epoch */
  async grant(db: Queryable, ids: readonly string[], now: number): Promise<void> {
    await db.query(
      'UPDATE permission_ticket SET granted_at = $2 WHERE id = ANY($1) AND granted_at IS NULL',
      [ids, now],
    )
  }

  /** Index: permission_ticket_pkey. */
  async remove(db: Queryable, ids: readonly string[]): Promise<void> {
    await db.query('DELETE FROM permission_ticket WHERE id = ANY($1)', [ids])
  }
}

function whereOf(realmId: RealmId, filter: TicketFilter) {
  const values: unknown[] = [realmId]
  const parts = [
    'EXISTS (SELECT FROM resource_server s WHERE s.client_id = t.client_id AND s.realm_id = $1)',
  ]
  for (const [name, condition] of conditions) {
    const value = filter[name]
    if (value === undefined) continue
    values.push(value)
    parts.push(condition.replaceAll('$?', `$${values.length}`))
  }
  if (filter.granted !== undefined) {
    parts.push(`t.granted_at IS ${filter.granted ? 'NOT NULL' : 'NULL'}`)
  }
  return { where: parts.join(' AND '), values }
}
