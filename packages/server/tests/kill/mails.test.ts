import { afterAll, beforeAll, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { Browser } from '../harness/browser.ts'
import { freePort } from '../harness/free-port.ts'
import { authorizationUrl } from '../harness/login.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { MailServer } from '../mail/mail-server.ts'
import { eventually, linkOf, nthMail, smtpOf } from '../mail/mail-world.ts'
import { RoundRobin } from './round-robin.ts'

const clients = 20
const redirectUri = 'http://app.example.org/cb'

let database: TestDatabase
let nodes: ServerProcess[]
let admin: AdminSession
let mails: MailServer
let balancer: RoundRobin

/** A realm whose user anna has forgotten her password, or has to verify her address. */
async function createRealm(
  realm: string,
  smtpServer: Readonly<Record<string, string>>,
): Promise<void> {
  const body = {
    realm,
    enabled: true,
    smtpServer,
    resetPasswordAllowed: true,
    eventsEnabled: true,
    clients: [{ clientId: 'web', publicClient: true, redirectUris: [redirectUri] }],
    users: [
      {
        username: 'anna',
        enabled: true,
        email: 'anna@example.org',
        firstName: 'An',
        lastName: 'Na',
        credentials: [{ type: 'password', value: 'pw' }],
      },
    ],
  }
  expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
}

beforeAll(async () => {
  database = await createTestDatabase()
  nodes = [
    await startServer({ databaseUrl: database.url }),
    await startServer({ databaseUrl: database.url }),
  ]
  admin = await AdminSession.open(nodes[0]?.url ?? '')
  mails = await MailServer.start({ hideSTARTTLS: true })
  balancer = new RoundRobin(nodes.map(({ url }) => new URL(url)))
})

afterAll(async () => {
  balancer?.[Symbol.dispose]()
  await mails?.[Symbol.asyncDispose]()
  for (const node of nodes ?? []) await node.stop()
  await database?.[Symbol.asyncDispose]()
})

const visitor = () => new Browser({ transport: balancer.patient })

async function forgot(realm: string): Promise<void> {
  const browser = visitor()
  const realmUrl = `${nodes[0]?.url}/realms/${realm}`
  const login = await browser.get(
    authorizationUrl({ realmUrl, clientId: 'web', redirectUri, parameters: {} }),
  )
  const page = await browser.click(login, /reset-credentials/)
  const sent = await browser.submit(page, { username: 'anna' })
  expect(sent.text).toContain('You should receive an email shortly')
}

it('a link that 20 browsers use at once on two nodes changes the password once', async () => {
  await createRealm('links', smtpOf(mails))
  await forgot('links')
  const link = linkOf(await nthMail(mails, 1))
  const opened = await Promise.all(
    Array.from({ length: clients }, async () => {
      const browser = visitor()
      return { browser, page: await browser.get(link) }
    }),
  )
  const ends = await Promise.all(
    opened.map(({ browser, page }, at) =>
      browser.submit(page, { 'password-new': `n${at}`, 'password-confirm': `n${at}` }),
    ),
  )
  expect(ends.filter(({ text }) => text.includes('has been updated'))).toHaveLength(1)
  expect(ends.filter(({ text }) => text.includes('Action expired.'))).toHaveLength(clients - 1)
})

it('a mail arrives although the node that was asked for it is killed before it is sent', async () => {
  const port = await freePort()
  await createRealm('killed', { host: '127.0.0.1', port: String(port), from: 'login@acme.test' })
  await forgot('killed')
  // Whichever node has taken it, nothing has been sent: there is no mail server.
  nodes[0]?.kill('SIGKILL')
  await using later = await MailServer.start({ hideSTARTTLS: true }, port)
  const survivor = nodes[1]?.url ?? ''
  const arrived = await eventually(async () => later.arrived[0], 'the mail', 40_000)
  expect(arrived.mail.subject).toBe('Reset password')
  const address = linkOf(arrived)
  const page = await new Browser({ transport: balancer.patient }).get(address)
  expect(page.id).toBe('login-login-update-password')
  expect(survivor).not.toBe('')
  expect(later.arrived).toHaveLength(1)
})
