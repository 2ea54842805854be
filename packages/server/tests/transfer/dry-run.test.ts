import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { acmeRealm } from '../harness/fixtures.ts'
import { emptyHome, holdfast } from '../platform/holdfast-process.ts'

interface Report {
  readonly realm: string
  readonly users: number
  readonly findings: readonly { severity: string; subject: string; text: string }[]
}

async function dryRun(name: string, content: string, environment: Record<string, string> = {}) {
  const home = emptyHome()
  const file = join(home, name)
  writeFileSync(file, content)
  // No database answers there: a dry run asks for none.
  const db = { KC_DB: 'postgres', KC_DB_URL: 'postgres://nobody@127.0.0.1:1/nothing' }
  const args = ['import', '--dry-run', '--format=json', `--file=${file}`]
  const { code, stdout, stderr } = await holdfast(args, {
    ...db,
    KC_HOME_DIR: home,
    ...environment,
  })
  const reports = (stdout === '' ? [] : JSON.parse(stdout)) as Report[]
  const texts = (severity: string) =>
    reports.flatMap(({ findings }) =>
      findings.filter((finding) => finding.severity === severity).map(({ text }) => text),
    )
  return { code, stderr, reports, texts }
}

it('finds nothing in the way of a realm that Keycloak exported, and says what is configuration only', async () => {
  const { code, reports, texts, stderr } = await dryRun('acme.json', JSON.stringify(acmeRealm()))
  expect([texts('blocks'), stderr, code]).toEqual([[], '', 0])
  expect(reports[0]?.users).toBe((acmeRealm()['users'] as unknown[]).length)
  expect(texts('idle').join('\n')).toContain('(ldap) is configuration only')
  expect(texts('acts').join('\n')).toMatch(/\d+ clients, \d+ client scopes/)
})

it('names what would be refused, what nobody could sign in with, and what is not known', async () => {
  const flow = (alias: string, execution: object) => ({
    alias,
    providerId: 'basic-flow',
    topLevel: true,
    authenticationExecutions: [{ requirement: 'REQUIRED', priority: 10, ...execution }],
  })
  const password = (algorithm: string) => ({
    type: 'password',
    secretData: JSON.stringify({ value: 'eA==', salt: 'eA==' }),
    credentialData: JSON.stringify({ algorithm, hashIterations: 1 }),
  })
  const realm = {
    realm: 'odd',
    displayName: '${env.NOWHERE}',
    passwordPolicy: 'length(${env.LENGTH})',
    neverHeardOf: 1,
    browserFlow: 'mine',
    authenticationFlows: [
      flow('mine', { authenticator: 'of-an-extension' }),
      flow('unused', { authenticator: 'of-another' }),
    ],
    clients: [{ clientId: 'twice' }, { clientId: 'twice' }],
    users: [
      { username: 'one', email: 'a@example.org', credentials: [password('of-an-extension')] },
      { username: 'ONE', email: 'A@example.org', groups: ['/nowhere'], what: 1 },
      {
        username: 'two',
        clientRoles: { nobody: ['x'] },
        credentials: [password('of-an-extension')],
      },
      { username: 'three', enabled: 'perhaps' },
    ],
  }
  const { code, texts } = await dryRun('odd.json', JSON.stringify(realm), { LENGTH: 'nine' })
  expect(code).toBe(1)
  const blocks = texts('blocks').join('\n')
  expect(blocks).toContain('passwordPolicy is not understood')
  expect(blocks).toContain('flow mine: the step of-an-extension is unknown here')
  expect(blocks).toContain('clientId twice is there twice')
  expect(blocks).toContain('user name is taken by another: 1 user (ONE)')
  expect(blocks).toContain('e-mail is taken by another: 1 user (ONE)')
  expect(blocks).toContain('group /nowhere is not there: 1 user (ONE)')
  expect(blocks).toContain('client nobody is not there: 1 user (two)')
  expect(blocks).toContain(
    'password hash cannot be read (algorithm of-an-extension): 2 users (one, two)',
  )
  expect(blocks).toMatch(/Invalid user representation: enabled.*1 user \(three\)/)
  const differs = texts('differs').join('\n')
  expect(differs).toContain('member neverHeardOf is unknown')
  expect(differs).toContain('member what is unknown: 1 user (ONE)')
  expect(differs).toContain('${env.NOWHERE} has no value')
  expect(differs).toContain('of-another is unknown here (no client or realm uses the flow)')
})

it('tells what is no realm, and ends with 2 for a wrong command line', async () => {
  const { code, texts } = await dryRun('no.json', '{"realm":')
  expect([code, texts('blocks').join()]).toEqual([1, expect.stringContaining('is not JSON')])
  expect((await holdfast(['import', '--dry-run'])).code).toBe(2)
  expect((await holdfast(['import', '--dry-run', '--file=x', '--format=xml'])).code).toBe(2)
})
