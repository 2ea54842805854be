import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { emptyHome, HoldfastProcess, until } from '../platform/holdfast-process.ts'

/** More than two of the parts in which users come in, and more than come in together. */
const usersInFile = 5_200
const name = 'crowded'

let database: TestDatabase
let home: string

beforeAll(async () => {
  database = await createTestDatabase(true)
  home = emptyHome()
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

function writeRealm(file: string, displayName: string): string {
  const users = Array.from({ length: usersInFile }, (_unused, index) => ({
    username: `user${index}`,
    email: `user${index}@example.org`,
    enabled: true,
    groups: ['/staff'],
    realmRoles: ['worker'],
  }))
  const realm = {
    realm: name,
    displayName,
    enabled: true,
    // Without ids: the second run has to find those that the first one made.
    groups: [{ name: 'staff' }],
    clients: [{ clientId: 'app', secret: 's', serviceAccountsEnabled: true }],
    organizations: [
      { name: 'org', domains: [{ name: 'org.example' }], members: [{ username: 'user7' }] },
    ],
    users,
  }
  const path = join(home, file)
  writeFileSync(path, JSON.stringify(realm))
  return path
}

const runImport = (...args: string[]) =>
  new HoldfastProcess(['import', ...args], { KC_HOME_DIR: home, KC_DB_URL: database.url })

async function count(what: string): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${what} WHERE realm_id = (SELECT id FROM realm WHERE name = '${name}')`,
  )
  return row?.count ?? 0
}

async function isEnabled(): Promise<boolean | undefined> {
  const sql = `SELECT enabled FROM realm WHERE name = '${name}'`
  const [row] = await database.query<{ enabled: boolean }>(sql)
  return row?.enabled
}

it('goes on where a killed import was, and the realm is disabled until the last user is in', async () => {
  const file = writeRealm('crowded-realm.json', 'One')
  await using killed = runImport(`--file=${file}`)
  await until(async () => (await count('users').catch(() => 0)) > 0, 60_000)
  killed.kill('SIGKILL')
  await killed.finished
  const before = await count('users')
  expect([before > 0, before < usersInFile, before % 100]).toEqual([true, true, 0])
  expect(await isEnabled()).toBe(false)

  const other = writeRealm('other-realm.json', 'Another')
  await using refused = runImport(`--file=${other}`, '--override=false')
  const { code, stdout } = await refused.finished
  expect([code, stdout]).toEqual([1, expect.stringContaining('is half imported')])

  await using resumed = runImport(`--file=${file}`, '--override=false')
  const result = await resumed.finished
  expect([result.code, result.stderr]).toEqual([
    0,
    expect.stringContaining(`${before} of ${usersInFile} users`),
  ])
  // With the service account of the client.
  expect(await count('users')).toBe(usersInFile + 1)
  expect(await count('organization_member')).toBe(1)
  expect(await count('unfinished_import')).toBe(0)
  expect(await isEnabled()).toBe(true)
  const memberships = await database.query(
    `SELECT 1 FROM user_membership m JOIN user_group g ON g.id = m.group_id WHERE g.name = 'staff'`,
  )
  expect(memberships.length).toBe(usersInFile)

  await using again = runImport(`--file=${file}`, '--override=false')
  expect((await again.finished).stdout).toContain('already exists. Import skipped')
}, 120_000)
