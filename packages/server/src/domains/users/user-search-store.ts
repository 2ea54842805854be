import type { Queryable } from '../../database/database.ts'
import type { FoundUser, UserSearch } from './user-search.ts'
import { userColumns } from './user-store.ts'

/** Conditions of a search with their parameters. */
class Conditions {
  readonly values: unknown[] = []
  readonly texts: string[] = []

  /** @param text with `?` for the parameter */
  add(text: string, value: unknown): void {
    this.values.push(value)
    this.texts.push(text.replaceAll('?', `$${this.values.length}`))
  }

  toString(): string {
    return this.texts.join(' AND ')
  }
}

const searched = ['u.username', 'lower(u.email)', 'lower(u.first_name)', 'lower(u.last_name)']

/**
 * Searches among users. A page ordered by name walks users_realm_id_username_key; selective conditions use
 * users_username_prefix, users_email_prefix, users_first_name_prefix, users_last_name_prefix, users_attributes,
 * federated_identity_user, user_membership_group, user_role_role.
 */
export class UserSearchStore {
  async find(read: Queryable, search: UserSearch): Promise<FoundUser[]> {
    const conditions = conditionsOf(search)
    const { values } = conditions
    values.push(search.first ?? 0, search.max ?? null)
    return await read.query<FoundUser>(
      `SELECT ${userColumns}, EXISTS (SELECT 1 FROM credential k WHERE k.user_id = u.id AND k.type = 'otp') AS totp
       FROM (SELECT * FROM users u WHERE ${conditions} ORDER BY u.username
             OFFSET $${values.length - 1} LIMIT $${values.length}) u ORDER BY u.username`,
      values,
    )
  }

  async count(read: Queryable, search: UserSearch): Promise<number> {
    const conditions = conditionsOf(search)
    const rows = await read.query<{ count: number }>(
      `SELECT count(*)::int8 AS count FROM users u WHERE ${conditions}`,
      conditions.values,
    )
    return rows[0]?.count ?? 0
  }
}

function conditionsOf(search: UserSearch): Conditions {
  const conditions = new Conditions()
  conditions.add('u.realm_id = ?', search.realmId)
  if (!search.serviceAccounts) conditions.texts.push('u.service_account_client_id IS NULL')
  if (search.ids) conditions.add('u.id = ANY(?)', search.ids)
  for (const word of search.search?.trim().split(/\s+/) ?? []) addWord(conditions, word)
  addName(conditions, 'u.username', search.username, search.exact)
  addName(conditions, 'lower(u.email)', search.email, search.exact)
  addName(conditions, 'lower(u.first_name)', search.firstName, search.exact)
  addName(conditions, 'lower(u.last_name)', search.lastName, search.exact)
  const { emailVerified, enabled, createdAfter, createdBefore } = search
  if (emailVerified !== undefined) conditions.add('u.email_verified = ?', emailVerified)
  if (enabled !== undefined) conditions.add('u.enabled = ?', enabled)
  if (createdAfter !== undefined) conditions.add('u.created_at >= ?', createdAfter)
  if (createdBefore !== undefined) conditions.add('u.created_at <= ?', createdBefore)
  addLinks(conditions, search)
  addAttributes(conditions, search.attributes ?? {})
  return conditions
}

function addLinks(conditions: Conditions, search: UserSearch): void {
  const link = 'EXISTS (SELECT 1 FROM federated_identity f WHERE f.user_id = u.id'
  if (search.identityProvider !== undefined) {
    conditions.add(`${link} AND f.identity_provider = ?)`, search.identityProvider)
  }
  if (search.identityProviderUserId !== undefined) {
    conditions.add(`${link} AND f.federated_user_id = ?)`, search.identityProviderUserId)
  }
  if (search.groupId !== undefined) {
    const members = 'SELECT m.user_id FROM user_membership m WHERE m.group_id = ?'
    conditions.add(`u.id IN (${members})`, search.groupId)
  }
  if (search.roleId !== undefined) {
    conditions.add('u.id IN (SELECT k.user_id FROM user_role k WHERE k.role_id = ?)', search.roleId)
  }
}

/** The index knows keys and values in lower case; the key is compared as it is besides. */
function addAttributes(conditions: Conditions, attributes: Readonly<Record<string, string>>) {
  for (const [key, value] of Object.entries(attributes)) {
    const contained = JSON.stringify({ [key.toLowerCase()]: [value.toLowerCase()] })
    conditions.add('lower(u.attributes::text)::jsonb @> ?::jsonb', contained)
    conditions.add('jsonb_exists(u.attributes, ?)', key)
  }
}

function addName(
  conditions: Conditions,
  column: string,
  value: string | undefined,
  exact: boolean | undefined,
): void {
  if (value === undefined) return
  if (exact) conditions.add(`${column} = ?`, value.toLowerCase())
  else conditions.add(`${column} LIKE ?`, `%${escaped(value)}%`)
}

function addWord(conditions: Conditions, word: string): void {
  const quoted = /^"(.*)"$/.exec(word)?.[1]
  if (quoted !== undefined) {
    conditions.add(
      `(${searched.map((column) => `${column} = ?`).join(' OR ')})`,
      quoted.toLowerCase(),
    )
    return
  }
  const pattern = escaped(word).replaceAll('*', '%')
  conditions.add(
    `(${searched.map((column) => `${column} LIKE ?`).join(' OR ')})`,
    pattern.endsWith('%') ? pattern : `${pattern}%`,
  )
}

/** Lower case, with the wildcards of LIKE taken literally. */
function escaped(text: string): string {
  return text.toLowerCase().replace(/[\\%_]/g, '\\$&')
}
