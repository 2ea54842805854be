import type { Queryable } from '@holdfast/server/database/database'
import { LoginFailureStore } from '@holdfast/server/domains/credentials/login-failures/login-failure-store'
import { GroupStore } from '@holdfast/server/domains/groups/group-store'
import { InvitationStore } from '@holdfast/server/domains/organizations/invitation-store'
import { OrganizationGroupStore } from '@holdfast/server/domains/organizations/organization-group-store'
import { OrganizationStore } from '@holdfast/server/domains/organizations/organization-store'
import { RoleStore } from '@holdfast/server/domains/roles/role-store'
import { SessionListStore } from '@holdfast/server/domains/sessions/session-list-store'
import { MembershipStore } from '@holdfast/server/domains/users/membership-store'
import { UserSearchStore } from '@holdfast/server/domains/users/user-search-store'
import { UserStore } from '@holdfast/server/domains/users/user-store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'

/** Tables that grow with the users of a realm: to read one of them whole is never right. */
const growing = [
  'users',
  'user_group',
  'user_membership',
  'user_role',
  'organization',
  'organization_domain',
  'organization_group',
  'organization_group_member',
  'organization_group_role',
  'organization_member',
  'federated_identity',
  'credential',
  'user_session',
  'client_session',
  'login_failure',
]

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(async () => await database[Symbol.asyncDispose]())

/** Explains every statement instead of running it: reading a table whole is dear, so that it is done only without an index. */
class Explaining implements Queryable {
  readonly whole: string[] = []
  statements = 0

  async query<R>(text: string, values: readonly unknown[] = []): Promise<R[]> {
    this.statements += 1
    const rows = await database.query<Record<string, string>>(
      `EXPLAIN ${text}`,
      values as unknown[],
    )
    const plan = rows.map((row) => row['QUERY PLAN'] ?? '')
    for (const table of growing) {
      const scan = new RegExp(`Seq Scan on ${table}\\b`)
      if (plan.some((line) => scan.test(line))) this.whole.push(`${table}: ${plan.join('\n')}`)
    }
    return []
  }
}

const users = new UserSearchStore()
const groups = new GroupStore()
const organizations = new OrganizationStore()
const organizationGroups = new OrganizationGroupStore()
const sessions = new SessionListStore()
const memberships = new MembershipStore()
const page = { realmId: 'r', first: 40, max: 20 }
const named = { ...page, serviceAccounts: true }

const searches: Record<string, (read: Queryable) => Promise<unknown>> = {
  'users in order': (read) => users.find(read, { ...named, serviceAccounts: false }),
  'users far behind': (read) => users.find(read, { ...page, first: 5_000, serviceAccounts: false }),
  'users by a word': (read) => users.find(read, { ...named, search: 'ann' }),
  'users by a part': (read) => users.find(read, { ...named, search: '*nn*' }),
  'users by a quoted word': (read) => users.find(read, { ...named, search: '"anna"' }),
  'users by name': (read) => users.find(read, { ...named, username: 'anna', exact: true }),
  'users by a part of their address': (read) => users.find(read, { ...named, email: 'mail' }),
  'users by an attribute': (read) => users.find(read, { ...named, attributes: { a: 'b' } }),
  'users by their provider': (read) =>
    users.find(read, { ...named, identityProvider: 'p', identityProviderUserId: '1' }),
  'users by when they came': (read) => users.find(read, { ...named, createdAfter: 1 }),
  'users by id': (read) => users.find(read, { ...named, ids: ['a', 'b'] }),
  'members of a group': (read) => users.find(read, { ...named, groupId: 'g' }),
  'users with a role': (read) => users.find(read, { ...named, roleId: 'r' }),
  'members of an organization': (read) =>
    users.find(read, { ...named, organization: { id: 'o', membershipType: 'MANAGED' } }),
  'the number of users': (read) => users.count(read, { realmId: 'r', serviceAccounts: false }),
  'the number of users by a word': (read) => users.count(read, { ...named, search: 'ann' }),
  'a user by name': (read) => new UserStore().byUsername(read, 'r', 'anna'),
  'a user by address': (read) => new UserStore().byEmail(read, 'r', 'anna@mail.example'),
  'a service account': (read) => new UserStore().serviceAccountOf(read, 'r', 'c'),
  'what a user is in and may do': (read) => memberships.of(read, 'r', 'u', true),
  'groups of a user': (read) => memberships.groupIdsOf(read, 'u', { first: 0, max: 10 }),
  'groups of a level': (read) => groups.list(read, { ...page, parentId: 'g' }),
  'groups by a part of their name': (read) => groups.search(read, { ...page, search: 'taf' }),
  'groups by an attribute': (read) => groups.search(read, page, { a: 'b' }),
  'groups around groups': (read) => groups.withAncestors(read, 'r', ['g']),
  'the height of a group': (read) => groups.heightOf(read, 'g'),
  'groups with a role': (read) => groups.withRole(read, 'r', 'role', 0, 10),
  'organizations in order': (read) => organizations.list(read, page),
  'organizations by a part': (read) => organizations.list(read, { ...page, search: 'acm' }),
  'organizations by an attribute': (read) =>
    organizations.list(read, { ...page, attributes: { a: 'b' } }),
  'organizations of a user': (read) => organizations.ofUser(read, 'r', 'u'),
  'owners of domains': (read) => organizations.domainOwners(read, 'r', ['a.test']),
  'groups of an organization': (read) =>
    organizationGroups.list(read, { organizationId: 'o', search: 'e', max: 10 }, null),
  'groups of an organization at any level': (read) =>
    organizationGroups.search(read, { organizationId: 'o' }, { a: 'b' }),
  'groups of a member of an organization': (read) =>
    organizationGroups.ofMember(read, { organizationId: 'o' }, 'u'),
  'groups around groups of an organization': (read) =>
    organizationGroups.withAncestors(read, 'r', ['g']),
  'members of a group of an organization': (read) =>
    users.find(read, { ...named, organizationGroupId: 'g' }),
  'invitations of an organization': (read) =>
    new InvitationStore().list(read, { organizationId: 'o', search: 'a', max: 10, now: 0 }),
  'roles of all clients': (read) => new RoleStore().ofClients(read, page, ['x']),
  'sessions of a realm': (read) => sessions.list(read, { ...page, offline: false }),
  'sessions of a realm, of both kinds': (read) => sessions.list(read, page),
  'sessions of some users': (read) =>
    sessions.list(read, { ...page, search: { userIds: ['u'], ipPrefix: null } }),
  'sessions of a client': (read) => sessions.list(read, { ...page, clientUuid: 'c' }),
  'sessions of a user': (read) => sessions.list(read, { ...page, userId: 'u' }),
  'failed logins of some users': (read) => new LoginFailureStore().ofAll(read, 'r', ['u']),
}

describe('a list reads no growing table whole', () => {
  beforeAll(async () => {
    await database.query('SET enable_seqscan = off')
  })

  it.each(Object.keys(searches))('%s', async (name) => {
    const explaining = new Explaining()
    await searches[name]?.(explaining)
    expect(explaining.statements).toBeGreaterThan(0)
    expect(explaining.whole).toEqual([])
  })

  it('every foreign key has an index, so that nothing is read whole where something goes', async () => {
    const missing = await database.query<{ key: string }>(
      `SELECT c.conrelid::regclass || '.' || c.conname AS key FROM pg_constraint c
       WHERE c.contype = 'f' AND NOT EXISTS (
         SELECT 1 FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = ANY(c.conkey))`,
    )
    expect(missing).toEqual([])
  })

  it('a list without an index is noticed', async () => {
    const explaining = new Explaining()
    await explaining.query('SELECT 1 FROM users WHERE not_before = $1', [7])
    expect(explaining.whole).toHaveLength(1)
  })
})

it.each(['ann', 'ann*', 'ÄNNE', 'a%_\\', '\u{10ffff}'])(
  'what begins with %j is found',
  async (search) => {
    const begin = search.toLowerCase().replace(/\*$/, '')
    const names = [begin, `${begin}a`, `${begin}\u{10ffff}z`, `x${begin}`, begin.slice(0, -1)]
    const realmId = `prefix-${search}`
    await database.query(
      `INSERT INTO realm (id, name, enabled, default_role_id, settings) VALUES ($1, $1, true, 'x', '{}')`,
      [realmId],
    )
    for (const [index, name] of names.entries()) {
      await database.query(
        `INSERT INTO users (id, realm_id, username, enabled, created_at, last_name)
       VALUES ($1, $2, $3, true, 1, $4)`,
        index % 2 === 0
          ? [`${realmId}${index}`, realmId, name, 'Z']
          : [`${realmId}${index}`, realmId, `z${index}`, name.toUpperCase()],
      )
    }
    const read: Queryable = {
      query: async <R>(text: string, values: readonly unknown[] = []) =>
        (await database.query(text, [...values])) as R[],
    }
    const found = await users.find(read, { realmId, search, serviceAccounts: false })
    expect(found.map(({ id }) => id).toSorted()).toEqual(
      [0, 1, 2].map((index) => `${realmId}${index}`),
    )
  },
)

it('a page far behind goes on where the one before ended, without service accounts', async () => {
  await database.query(
    `INSERT INTO realm (id, name, enabled, default_role_id, settings) VALUES ('many', 'many', true, 'x', '{}')`,
  )
  await database.query(
    `INSERT INTO users (id, realm_id, username, enabled, created_at, service_account_client_id)
     SELECT 'm' || n, 'many', lpad(n::text, 5, '0'), true, n, CASE WHEN n % 100 = 0 THEN 'c' || n END
     FROM generate_series(1, 1300) n`,
  )
  const read: Queryable = {
    query: async <R>(text: string, values: readonly unknown[] = []) =>
      (await database.query(text, [...values])) as R[],
  }
  const all = { realmId: 'many', serviceAccounts: false }
  const listed = (await users.find(read, { ...all, attributes: {} })).map(({ id }) => id)
  expect(listed).toHaveLength(1287)
  for (const first of [990, 1_000, 1_010, 1_270, 1_286, 1_287]) {
    const found = await users.find(read, { ...all, first, max: 20, attributes: {} })
    expect(found.map(({ id }) => id)).toEqual(listed.slice(first, first + 20))
  }
})
