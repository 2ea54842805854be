import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { Browser, type Page } from '../harness/browser.ts'
import { authorizationUrl } from '../harness/login.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'
import { MailServer } from '../mail/mail-server.ts'
import { eventually, linkOf, smtpOf } from '../mail/mail-world.ts'
import { RoundRobin } from './round-robin.ts'

const clients = 20
const redirectUri = 'http://app.example.org/cb'
const otpSecret = 'abcdefghij0123456789'
const recoveryCode = 'AAAAAAAAAAA1'

let database: TestDatabase
let nodes: ServerProcess[]
let admin: AdminSession
let mails: MailServer
let balancer: RoundRobin
let gateway: Server
const messages: string[] = []

const person = (username: string, more: Readonly<Record<string, unknown>> = {}) => ({
  username,
  enabled: true,
  email: `${username}@example.org`,
  emailVerified: true,
  firstName: 'A',
  lastName: 'B',
  credentials: [{ type: 'password', value: 'pw' }],
  ...more,
})

const password = { type: 'password', value: 'pw' }
const otp = {
  type: 'otp',
  secretData: JSON.stringify({ value: otpSecret }),
  credentialData: JSON.stringify({
    ...{ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' },
  }),
}
const recovery = {
  type: 'recovery-authn-codes',
  secretData: JSON.stringify({
    codes: [recoveryCode, 'AAAAAAAAAAA2'].map((code, index) => ({
      number: index + 1,
      encodedHashedValue: createHash('sha512').update(code).digest('base64'),
    })),
  }),
  credentialData: JSON.stringify({
    ...{ hashIterations: 1, algorithm: 'RS512', totalCodes: 2, remainingCodes: 2 },
  }),
}
const client = (clientId: string, more: Readonly<Record<string, unknown>> = {}) => ({
  clientId,
  publicClient: true,
  redirectUris: [redirectUri],
  ...more,
})

beforeAll(async () => {
  database = await createTestDatabase()
  const options = { databaseUrl: database.url }
  nodes = [await startServer(options), await startServer(options)]
  admin = await AdminSession.open(nodes[0]?.url ?? '')
  mails = await MailServer.start({ hideSTARTTLS: true })
  balancer = new RoundRobin(nodes.map(({ url }) => new URL(url)))
  gateway = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      messages.push(body)
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  await makeRealm()
})

afterAll(async () => {
  balancer?.[Symbol.dispose]()
  gateway?.close()
  await mails?.[Symbol.asyncDispose]()
  for (const node of nodes ?? []) await node.stop()
  await database?.[Symbol.asyncDispose]()
})

async function send(path: string, method = 'GET', body?: unknown): Promise<unknown> {
  const answer = await admin.send(`/admin/realms/once${path}`, { method, body })
  expect(answer.status, `${method} ${path}`).toBeLessThan(300)
  return answer.body
}

async function makeRealm(): Promise<void> {
  const body = {
    realm: 'once',
    enabled: true,
    smtpServer: smtpOf(mails),
    verifyEmail: true,
    eventsEnabled: true,
    organizationsEnabled: true,
    organizations: [{ name: 'Acme', alias: 'acme', domains: [{ name: 'acme.test' }] }],
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    otpPolicyCodeReusable: false,
    clients: [client('web')],
    users: [
      person('verified', { emailVerified: false }),
      ...['executed', 'updated', 'magic', 'mailed'].map((name) => person(name)),
      person('texted', { attributes: { phoneNumber: ['+49 170 1234567'] } }),
      person('coded', { credentials: [password, otp] }),
      person('listed', { credentials: [password, recovery] }),
    ],
  }
  expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
  const action = (await send('/authentication/required-actions/UPDATE_EMAIL')) as object
  await send('/authentication/required-actions/UPDATE_EMAIL', 'PUT', { ...action, enabled: true })
  await requireStep('browser', 'auth-recovery-authn-code-form', 'ALTERNATIVE')
  await flowOf('magic', 'magic-link-form')
  await flowOf('mailed', 'email-code-form')
  const { port } = gateway.address() as AddressInfo
  await flowOf('texted', 'sms-code-form', {
    'sms.gateway.url': `http://127.0.0.1:${port}/send`,
    'sms.gateway.template': '{"text":"{text}"}',
    'sms.phone.attribute': 'phoneNumber',
  })
}

interface Execution {
  readonly id: string
  readonly providerId?: string
}

async function requireStep(
  flow: string,
  provider: string,
  requirement = 'REQUIRED',
): Promise<string> {
  const path = `/authentication/flows/${flow}/executions`
  const found = ((await send(path)) as Execution[]).find(
    ({ providerId }) => providerId === provider,
  )
  await send(path, 'PUT', { ...found, requirement })
  return found?.id ?? ''
}

/** A client of that name, whose users give their name and then what the step asks for. */
async function flowOf(
  name: string,
  step: string,
  config?: Readonly<Record<string, string>>,
): Promise<void> {
  const made = { alias: name, providerId: 'basic-flow', topLevel: true, builtIn: false }
  await send('/authentication/flows', 'POST', made)
  for (const provider of ['auth-username-form', step]) {
    await send(`/authentication/flows/${name}/executions/execution`, 'POST', { provider })
    const id = await requireStep(name, provider)
    if (provider === step && config !== undefined) {
      await send(`/authentication/executions/${id}/config`, 'POST', { alias: name, config })
    }
  }
  const flows = (await send('/authentication/flows')) as { id: string; alias: string }[]
  const flow = flows.find(({ alias }) => alias === name)?.id
  const overrides = { authenticationFlowBindingOverrides: { browser: flow } }
  await send('/clients', 'POST', client(name, overrides))
}

const visitor = (cookies?: Browser['cookies']) =>
  new Browser({ transport: balancer.patient, ...(cookies === undefined ? {} : { cookies }) })
const every = <T>(work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: clients }, (_unused, index) => work(index)))
/** The same browser in 20 tabs, or somebody who has all that it has. */
const copiesOf = ({ cookies }: Browser) => Array.from({ length: clients }, () => visitor(cookies))

function begin(
  browser: Browser,
  clientId: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const realmUrl = `${nodes[0]?.url}/realms/once`
  return browser.get(authorizationUrl({ realmUrl, clientId, redirectUri, parameters }))
}

/** Realms with organizations ask for the name first. */
async function signIn(browser: Browser, username: string, parameters = {}): Promise<Page> {
  const asked = await browser.submit(await begin(browser, 'web', parameters), { username })
  return await browser.submit(asked, { password: 'pw' })
}
const named = async (browser: Browser, username: string): Promise<Page> =>
  browser.submit(await begin(browser, username), { username })
const mailTo = (name: string) =>
  eventually(
    async () => mails.arrived.find(({ envelope }) => envelope.to.includes(name)),
    `a mail to ${name}`,
  )
const userId = async (username: string) =>
  ((await send(`/users?username=${username}&exact=true`)) as { id: string }[])[0]?.id ?? ''
/** Nodes keep events for a moment before they are written. */
async function told(type: string, username: string): Promise<void> {
  const path = `/events?type=${type}&user=${await userId(username)}`
  const found = async () => {
    const events = (await send(path)) as unknown[]
    return events.length > 0 && events
  }
  expect(await eventually(found, `an event ${type}`)).toHaveLength(1)
}
const codesIn = (pages: readonly Page[]) =>
  pages.filter(({ location }) => location?.searchParams.has('code') === true)
const sixDigits = (text: string | undefined) => /\b\d{6}\b/.exec(text ?? '')?.[0] ?? ''

describe('used by 20 browsers at once on two nodes, exactly once counts', () => {
  it('a link that verifies an address', async () => {
    await signIn(visitor(), 'verified')
    const link = linkOf(await mailTo('verified@example.org'))
    const opened = await every(async () => {
      const browser = visitor()
      return { browser, page: await browser.get(link) }
    })
    await Promise.all(
      opened.map(({ browser, page }) => browser.click(page, /login-actions\/action-token/)),
    )
    await told('VERIFY_EMAIL', 'verified')
  })

  it('a link to actions', async () => {
    const path = `/users/${await userId('executed')}/execute-actions-email`
    await send(path, 'PUT', ['UPDATE_PASSWORD'])
    const link = linkOf(await mailTo('executed@example.org'))
    const forms = await every(async () => {
      const browser = visitor()
      const opened = await browser.get(link)
      return { browser, page: await browser.click(opened, /login-actions\/action-token/) }
    })
    const ends = await Promise.all(
      forms.map(({ browser, page }, at) =>
        browser.submit(page, { 'password-new': `n${at}`, 'password-confirm': `n${at}` }),
      ),
    )
    expect(ends.filter(({ text }) => text.includes('account has been updated'))).toHaveLength(1)
    await told('UPDATE_PASSWORD', 'executed')
  })

  it('a link that changes an address', async () => {
    const browser = visitor()
    const page = await signIn(browser, 'updated', { kc_action: 'UPDATE_EMAIL' })
    await browser.submit(page, { email: 'newer@example.org' })
    const link = linkOf(await mailTo('newer@example.org'))
    const ends = await every(() => visitor().get(link))
    expect(ends.filter(({ text }) => text.includes('successfully updated'))).toHaveLength(1)
    await told('UPDATE_EMAIL', 'updated')
  })

  it('an invitation', async () => {
    const [organization] = (await send('/organizations')) as { id: string }[]
    const members = `/organizations/${organization?.id}/members`
    const invited = await admin.send(`/admin/realms/once${members}/invite-user`, {
      method: 'POST',
      rawBody: new URLSearchParams({ email: 'new@acme.test' }).toString(),
      contentType: 'application/x-www-form-urlencoded',
    })
    expect(invited.status).toBe(204)
    const link = linkOf(await mailTo('new@acme.test'))
    const forms = await every(async () => {
      const browser = visitor()
      return { browser, page: await browser.get(link) }
    })
    await Promise.all(
      forms.map(({ browser, page }, at) =>
        browser.submit(page, {
          ...{ email: 'new@acme.test', username: `new-${at}`, firstName: 'N', lastName: 'W' },
          ...{ password: 'pw', 'password-confirm': 'pw' },
        }),
      ),
    )
    expect(await send(members)).toHaveLength(1)
    expect(await send('/users?search=new-')).toHaveLength(1)
  })

  it('a link that signs in', async () => {
    const browser = visitor()
    await named(browser, 'magic')
    const link = linkOf(await mailTo('magic@example.org'))
    const ends = await Promise.all(copiesOf(browser).map((copy) => copy.get(link)))
    expect(codesIn(ends)).toHaveLength(1)
    await told('LOGIN', 'magic')
  })

  it.each([
    ['by e-mail', 'mailed', async () => (await mailTo('mailed@example.org')).mail.text],
    ['by SMS', 'texted', () => eventually(async () => messages[0], 'a message')],
  ])('a code %s', async (_, username, arrived) => {
    const browser = visitor()
    const page = await named(browser, username)
    const code = sixDigits(await arrived())
    const ends = await Promise.all(
      copiesOf(browser).map((copy) => copy.submit(page, { code }, { form: 'kc-sent-code-form' })),
    )
    expect(codesIn(ends)).toHaveLength(1)
    await told('LOGIN', username)
  })

  it.each([
    ['a one-time code', 'coded', 'otp'],
    ['a recovery code', 'listed', 'recoveryCodeInput'],
  ])('%s, in logins of their own', async (_, username, field) => {
    const forms = await every(async () => {
      const browser = visitor()
      return { browser, page: await signIn(browser, username) }
    })
    const code =
      field === 'otp' ? new TOTP({ secret: Secret.fromUTF8(otpSecret) }).generate() : recoveryCode
    const ends = await Promise.all(
      forms.map(({ browser, page }) => browser.submit(page, { [field]: code })),
    )
    expect(codesIn(ends)).toHaveLength(1)
    await told('LOGIN', username)
  })
})
