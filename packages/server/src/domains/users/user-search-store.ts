import type { Queryable } from '../../database/database.ts'
import { afterPrefix } from './prefix-range.ts'
import type { FoundUser, SeenUsers, UserSearch } from './user-search.ts'
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
/** A search first walks the index of names, for this many pages; beyond them it uses the search indexes. */
const pagesWalked = 10
/** The walk is left out for a page that more users than this stand before. */
const walkedMax = 2_000
/** From this place on, a page of all users is found by their names alone, which the index holds. */
const deepPage = 1_000
const shown = `${userColumns}, EXISTS (SELECT 1 FROM credential k WHERE k.user_id = u.id AND k.type = 'otp') AS totp`

/**
 * Searches among users. A page ordered by name walks users_realm_id_username_key; selective conditions use
 * users_username_prefix, users_email_prefix, users_first_name_prefix, users_last_name_prefix, users_trigrams,
 * users_attributes, federated_identity_user, user_membership_group, user_role_role.
 */
export class UserSearchStore {
  /**
   * PostgreSQL takes what matches a pattern to be spread evenly over all names, and walks through them in their order until
   * a page is full. What begins alike stands together: that walk may pass by every user before it meets the first. So it is
   * ended after a few pages, which are enough where much matches; then what matches is collected and sorted.
   */
  async find(read: Queryable, search: UserSearch): Promise<FoundUser[]> {
    const { first = 0, max } = search
    if (first >= deepPage && isPlain(search)) return await this.#deep(read, search)
    if (!hasPattern(search) || max === undefined) return await this.#inOrder(read, search)
    const users = pagesWalked * (first + max)
    const walked = users > walkedMax ? [] : await this.#amongFirst(read, search, users)
    return walked.length === max ? walked : await this.#collected(read, search)
  }

  /** The plan is left to PostgreSQL. */
  async #inOrder(read: Queryable, search: UserSearch): Promise<FoundUser[]> {
    const conditions = conditionsOf(search)
    const page = pageOf(conditions, search)
    return await read.query<FoundUser>(
      `SELECT ${shown} FROM (SELECT * FROM users u WHERE ${conditions} ORDER BY u.username ${page}) u ORDER BY u.username`,
      conditions.values,
    )
  }

  /**
   * A page far behind in the list of all users: whoever stands before it, or behind it where those are fewer, is counted in
   * users_realm_id_username_key without a look at the row. Service accounts, which are few, are named by
   * users_service_account.
   */
  async #deep(read: Queryable, { realmId, first = 0, max }: UserSearch): Promise<FoundUser[]> {
    const all = await this.count(read, { realmId, serviceAccounts: false })
    const length = Math.min(max ?? all, all - first)
    if (length <= 0) return []
    const behind = all - first - length
    const backwards = behind < first
    return await read.query<FoundUser>(
      `SELECT ${shown} FROM (
         SELECT username FROM users WHERE realm_id = $1 AND username NOT IN (
           SELECT username FROM users WHERE realm_id = $1 AND service_account_client_id IS NOT NULL)
         ORDER BY username ${backwards ? 'DESC' : ''} OFFSET $2 LIMIT $3) p
       JOIN users u ON u.realm_id = $1 AND u.username = p.username ORDER BY u.username`,
      [realmId, backwards ? behind : first, length],
    )
  }

  /** A page of the matches among so many users, the first by name. */
  async #amongFirst(read: Queryable, search: UserSearch, users: number): Promise<FoundUser[]> {
    const conditions = conditionsOf(search)
    const page = pageOf(conditions, search)
    const { values } = conditions
    values.push(users)
    return await read.query<FoundUser>(
      `SELECT ${shown} FROM (SELECT * FROM (SELECT * FROM users WHERE realm_id = $1 ORDER BY username LIMIT $${values.length}) u
         WHERE ${conditions} ORDER BY u.username ${page}) u ORDER BY u.username`,
      values,
    )
  }

  /** MATERIALIZED: whoever plans the search does not see that a page is cut from it. */
  async #collected(read: Queryable, search: UserSearch): Promise<FoundUser[]> {
    const conditions = conditionsOf(search)
    const page = pageOf(conditions, search)
    return await read.query<FoundUser>(
      `WITH matching AS MATERIALIZED (SELECT u.id, u.username FROM users u WHERE ${conditions})
       SELECT ${shown} FROM (SELECT id FROM matching ORDER BY username ${page}) m JOIN users u ON u.id = m.id
       ORDER BY u.username`,
      conditions.values,
    )
  }

  /** Index for all users of a realm: users_person. */
  async count(read: Queryable, search: UserSearch): Promise<number> {
    const conditions = conditionsOf(search)
    const rows = await read.query<{ count: number }>(
      `SELECT count(*)::int8 AS count FROM users u WHERE ${conditions}`,
      conditions.values,
    )
    return rows[0]?.count ?? 0
  }
}

/** Whether it asks for all users but service accounts. */
function isPlain(search: UserSearch): boolean {
  const { realmId, first, max, serviceAccounts, exact, attributes = {}, ...rest } = search
  const conditions = [...Object.values(attributes), ...Object.values(rest)]
  return !serviceAccounts && conditions.every((value) => value === undefined)
}

/** Whether some text is searched for that does not have to be equal. */
function hasPattern({ search, username, email, firstName, lastName, exact }: UserSearch): boolean {
  if (search !== undefined) return true
  return !exact && [username, email, firstName, lastName].some((value) => value !== undefined)
}

/** @returns the part of a statement that cuts the page; its parameters are added */
function pageOf({ values }: Conditions, { first, max }: UserSearch): string {
  values.push(first ?? 0, max ?? null)
  return `OFFSET $${values.length - 1} LIMIT $${values.length}`
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
  if (search.visible) addVisible(conditions, search.visible)
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
  if (search.organizationGroupId !== undefined) {
    const members = 'SELECT m.user_id FROM organization_group_member m WHERE m.group_id = ?'
    conditions.add(`u.id IN (${members})`, search.organizationGroupId)
  }
  if (search.organization !== undefined) {
    const { id, membershipType = null } = search.organization
    const type = `$${conditions.values.push(membershipType)}::text`
    conditions.add(
      `u.id IN (SELECT o.user_id FROM organization_member o WHERE o.organization_id = ?
         AND (${type} IS NULL OR o.membership_type = ${type}))`,
      id,
    )
  }
  if (search.roleId !== undefined) {
    conditions.add('u.id IN (SELECT k.user_id FROM user_role k WHERE k.role_id = ?)', search.roleId)
  }
}

/** Index: user_membership_pkey, user_group_parent. */
function addVisible(
  conditions: Conditions,
  { others, ids, except, groupIds, exceptGroupIds }: SeenUsers,
): void {
  const member = 'EXISTS (SELECT 1 FROM user_membership m WHERE m.user_id = u.id'
  if (except.length > 0) conditions.add('NOT u.id = ANY(?)', except)
  if (exceptGroupIds.length > 0) {
    conditions.add(
      `NOT ${member} AND m.group_id IN (WITH RECURSIVE down(id) AS (SELECT unnest(?::text[])
         UNION SELECT g.id FROM user_group g JOIN down ON g.parent_id = down.id) SELECT id FROM down))`,
      exceptGroupIds,
    )
  }
  if (others === 'all') return
  const groups = `$${conditions.values.push(groupIds)}::text[]`
  const anyGroup = others === 'members' ? `OR ${member})` : ''
  conditions.add(`(u.id = ANY(?) OR ${member} AND m.group_id = ANY(${groups})) ${anyGroup})`, ids)
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
  const prefix = word.endsWith('*') ? word.slice(0, -1) : word
  if (prefix !== '' && !prefix.includes('*')) {
    addPrefix(conditions, prefix.toLowerCase())
    return
  }
  conditions.add(
    `(${searched.map((column) => `${column} LIKE ?`).join(' OR ')})`,
    `${escaped(prefix).replaceAll('*', '%')}%`,
  )
}

/**
 * As a range of the byte order, which the prefix indexes have: for `LIKE` PostgreSQL would choose users_trigrams, which takes
 * four times as long where many names begin alike.
 */
function addPrefix(conditions: Conditions, prefix: string): void {
  const from = `$${conditions.values.push(prefix)}`
  const after = afterPrefix(prefix)
  if (after === null) {
    conditions.texts.push(`(${searched.map((column) => `${column} ~>=~ ${from}`).join(' OR ')})`)
    return
  }
  const ranges = searched.map((column) => `${column} ~>=~ ${from} AND ${column} ~<~ ?`)
  conditions.add(`(${ranges.join(' OR ')})`, after)
}

/** Lower case, with the wildcards of LIKE taken literally. */
function escaped(text: string): string {
  return text.toLowerCase().replace(/[\\%_]/g, '\\$&')
}
