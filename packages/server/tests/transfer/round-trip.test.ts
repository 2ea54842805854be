import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../harness/fixtures.ts'
import { imported } from '../harness/imported.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { emptyHome, holdfast } from '../platform/holdfast-process.ts'

type Json = Record<string, unknown>

/** Key material and ids that a new realm gets anew. */
const generated = new Set([
  'id',
  'containerId',
  'internalId',
  'kid',
  'secret',
  'privateKey',
  'certificate',
])

let database: TestDatabase
let home: string

beforeAll(async () => {
  database = await createTestDatabase(true)
  home = emptyHome()
})

afterAll(async () => {
  await database[Symbol.asyncDispose]()
})

async function run(...args: string[]): Promise<void> {
  const environment = { KC_HOME_DIR: home, KC_DB_URL: database.url }
  const { code, stdout, stderr } = await holdfast(args, environment)
  expect(code, `${stdout}\n${stderr}`).toBe(0)
}

function fileOf(name: string, content: unknown): string {
  const file = join(home, name)
  writeFileSync(file, JSON.stringify(content))
  return file
}

function jsonOf(...path: string[]): Json {
  return JSON.parse(readFileSync(join(home, ...path), 'utf8')) as Json
}

/** Arrays whose order Keycloak does not define are compared as sets. */
function canonical(value: unknown, leaveOut: ReadonlySet<string> = new Set()): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element) => canonical(element, leaveOut))
    return elements.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value)
    .filter(([name]) => !leaveOut.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, canonical(member, leaveOut)]))
}

const creationTime = 'client.secret.creation.time'

/** Takes the secrets and their times away that an import made for clients which had none. */
function withoutNewSecrets(exported: Json, { clients }: Json): Json {
  const before = new Map((clients as Json[]).map((client) => [client['clientId'], client]))
  return {
    ...exported,
    clients: (exported['clients'] as Json[]).map((client) => {
      const had = before.get(client['clientId'])
      const { secret, ...rest } = client
      const { [creationTime]: time, ...attributes } = client['attributes'] as Json
      const hadTime = creationTime in ((had?.['attributes'] ?? {}) as Json)
      return {
        ...rest,
        ...(had !== undefined && 'secret' in had ? { secret } : {}),
        attributes: hadTime ? { ...attributes, [creationTime]: time } : attributes,
      }
    }),
  }
}

describe('realms of a real Keycloak', () => {
  it.each(['master.default', 'fresh.default', 'acme'])('%s comes back as it was', async (name) => {
    const representation = fixture<Json>(`realms/${name}`)
    await run('import', `--file=${fileOf('in.json', representation)}`)
    const realm = String(representation['realm'])
    await run('export', `--realm=${realm}`, `--file=${join(home, 'out.json')}`)
    const { users = [], ...exported } = jsonOf('out.json')
    const { users: usersBefore = [], ...before } = representation
    expect(canonical(withoutNewSecrets(exported, before))).toEqual(canonical(imported(before)))
    expect(canonical(users)).toEqual(canonical(usersBefore))
  })

  it('travel in several files', async () => {
    const directory = join(home, 'several')
    mkdirSync(directory)
    await run('export', '--realm=acme', `--dir=${directory}`, '--users-per-file=10')
    expect(readdirSync(directory).toSorted()).toEqual([
      'acme-realm.json',
      'acme-users-0.json',
      'acme-users-1.json',
      'acme-users-2.json',
      'acme-users-3.json',
    ])
    await run('import', `--dir=${directory}`, '--override=true')
    await run('export', '--realm=acme', `--file=${join(home, 'again.json')}`)
    const before = fixture<Json>('realms/acme')
    const again = withoutNewSecrets(jsonOf('again.json'), before)
    expect(canonical(again)).toEqual(canonical(imported(before)))
  })

  it('leave nothing behind when an import fails', async () => {
    const users = [{ username: 'carol', enabled: true, groups: ['/nowhere'] }]
    const file = fileOf('bad.json', { realm: 'broken', enabled: true, users })
    const environment = { KC_HOME_DIR: home, KC_DB_URL: database.url }
    const { code, stderr } = await holdfast(['import', `--file=${file}`], environment)
    expect(code).toBe(1)
    expect(stderr).toContain('Unable to find group specified by path: /nowhere')
    const rows = await database.query("SELECT 1 FROM realm WHERE name = 'broken'")
    expect(rows).toEqual([])
  })
})

describe('a realm made with a name only', () => {
  it("has exactly Keycloak's defaults", async () => {
    await run('import', `--file=${fileOf('new.json', { realm: 'novel', enabled: true })}`)
    await run('export', '--realm=novel', '--users=skip', `--dir=${join(home, 'novel')}`)
    const made = jsonOf('novel', 'novel-realm.json')
    delete made['users']
    const text = JSON.stringify(fixture('realms/fresh.default'))
    const expected = JSON.parse(text.replaceAll(/\bfresh\b(?!Token)/g, 'novel')) as Json
    expect(canonical(made, generated)).toEqual(canonical(expected, generated))
  })

  it('gets its own keys', async () => {
    const rows = await database.query<{ keys: number }>(
      `SELECT count(DISTINCT c.config->'privateKey'->>0)::int AS keys FROM component c JOIN realm r ON r.id = c.realm_id
       WHERE r.name = 'novel' AND c.provider_id IN ('rsa-generated', 'rsa-enc-generated')`,
    )
    expect(rows).toEqual([{ keys: 2 }])
  })
})

describe('import files', () => {
  it('take values of the environment for their placeholders', async () => {
    const realm = { realm: 'placed', enabled: true, displayName: '${SHOWN_NAME:Fallback}' }
    const file = fileOf('placed.json', { ...realm, displayNameHtml: '${NO_SUCH_NAME}' })
    const environment = { KC_HOME_DIR: home, KC_DB_URL: database.url, SHOWN_NAME: 'A "name"' }
    const { code } = await holdfast(['import', `--file=${file}`], environment)
    expect(code).toBe(0)
    const rows = await database.query<{ settings: Json }>(
      "SELECT settings FROM realm WHERE name = 'placed'",
    )
    expect(rows[0]?.settings['displayName']).toBe('A "name"')
    expect(rows[0]?.settings['displayNameHtml']).toBe('${NO_SUCH_NAME}')
  })
})

it('an export over a file that others may read is read by nobody else', async () => {
  const file = fileOf('shared.json', {})
  chmodSync(file, 0o644)
  await run('export', `--file=${file}`, '--realm=master')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(jsonOf('shared.json')['realm']).toBe('master')
})
