import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { eventually, linkOf, nthMail, smtpOf, tokenOf } from './mail-world.ts'

let realms: SmallRealms
let mails: MailServer
let gateway: Server
const messages: { authorization: string | undefined; body: unknown }[] = []
let realm: SmallRealm
let number = 0

beforeAll(async () => {
  realms = await SmallRealms.start()
  mails = await MailServer.start({ hideSTARTTLS: true })
  gateway = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      messages.push({ authorization: request.headers.authorization, body: JSON.parse(body) })
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
})

beforeEach(() => {
  mails.arrived.length = 0
  messages.length = 0
})

afterAll(async () => {
  gateway.close()
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

/** A realm whose browser flow is made of these steps. */
async function realmWith(
  steps: readonly string[],
  config: Readonly<Record<string, string>> = {},
): Promise<SmallRealm> {
  number += 1
  const made = await realms.create(
    `codes-${number}`,
    { smtpServer: smtpOf(mails), eventsEnabled: true },
    {},
    { attributes: { phoneNumber: ['+49 170 123-4567'] } },
  )
  const profile = (await made.send('/users/profile', 'GET')) as object
  await made.send('/users/profile', 'PUT', { ...profile, unmanagedAttributePolicy: 'ENABLED' })
  const user = (await made.send(`/users/${await made.userId()}`, 'GET')) as object
  await made.send(`/users/${await made.userId()}`, 'PUT', {
    ...user,
    attributes: { phoneNumber: ['+49 170 123-4567'] },
    email: 'anna@example.org',
    firstName: 'An',
    lastName: 'Na',
  })
  await made.send('/authentication/flows', 'POST', {
    alias: 'mine',
    providerId: 'basic-flow',
    topLevel: true,
    builtIn: false,
  })
  for (const provider of steps) {
    await made.send('/authentication/flows/mine/executions/execution', 'POST', { provider })
  }
  const executions = (await made.send('/authentication/flows/mine/executions', 'GET')) as {
    id: string
    providerId: string
  }[]
  for (const execution of executions) {
    const required = { ...execution, requirement: 'REQUIRED' }
    await made.send('/authentication/flows/mine/executions', 'PUT', required)
    if (!execution.providerId.endsWith('-code-form') || Object.keys(config).length === 0) continue
    await made.send(`/authentication/executions/${execution.id}/config`, 'POST', {
      alias: `config-${execution.id}`,
      config,
    })
  }
  await made.send('', 'PUT', { browserFlow: 'mine' })
  return made
}

const codeIn = (text: string | undefined) => /\b\d{6}\b/.exec(text ?? '')?.[0] ?? ''
const wrongOf = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

async function nameGiven(browser: Browser): Promise<Page> {
  return browser.submit(await realm.begin(browser), { username: 'anna' })
}

describe('a code by e-mail', () => {
  it('is a first factor behind a name', async () => {
    realm = await realmWith(['auth-username-form', 'email-code-form'])
    const browser = new Browser()
    const page = await nameGiven(browser)
    expect(page.id).toBe('login-sent-code')
    expect(page.text).toContain('A code is on its way to a•••@example.org.')
    const { mail } = await nthMail(mails, 1)
    expect(mail.subject).toBe(`Your code for Codes-${number}`)
    const code = codeIn(mail.text)
    const [row] = await realms.server.database.query<{ n: string }>(
      "SELECT count(*) AS n FROM mail WHERE content::text LIKE '%' || $1 || '%'",
      [code],
    )
    expect(row?.n).toBe('0')
    const again = await browser.submit(page, { code: wrongOf(code) }, { form: 'kc-sent-code-form' })
    expect(again.text).toContain('Invalid code.')
    const done = await browser.submit(again, { code: ` ${code} ` }, { form: 'kc-sent-code-form' })
    expect(answerOf(done)).toHaveProperty('code')
  })

  it('is a second factor behind a password, for a few guesses, in its own login', async () => {
    realm = await realmWith(['auth-username-password-form', 'email-code-form'])
    const browser = new Browser()
    let page = await browser.submit(await realm.begin(browser), anna)
    const code = codeIn((await nthMail(mails, 1)).mail.text)
    const other = new Browser()
    const elsewhere = await other.submit(await realm.begin(other), anna)
    const stolen = await other.submit(elsewhere, { code }, { form: 'kc-sent-code-form' })
    expect(stolen.text, 'the code of another login').toContain('Invalid code.')
    for (let guess = 0; guess < 5; guess += 1) {
      page = await browser.submit(page, { code: wrongOf(code) }, { form: 'kc-sent-code-form' })
    }
    page = await browser.submit(page, { code }, { form: 'kc-sent-code-form' })
    expect(page.text).toContain('This code does not count any more.')
    page = await browser.submit(page, {}, { form: 'kc-resend-form', button: 'resend' })
    const next = codeIn((await nthMail(mails, 3)).mail.text)
    const done = await browser.submit(page, { code: next }, { form: 'kc-sent-code-form' })
    expect(answerOf(done)).toHaveProperty('code')
  })

  it('guesses lock the user where the realm says so', async () => {
    realm = await realmWith(['auth-username-form', 'email-code-form'])
    await realm.send('', 'PUT', {
      bruteForceProtected: true,
      failureFactor: 2,
      maxSecondaryAuthFailures: 2,
      waitIncrementSeconds: 600,
      maxFailureWaitSeconds: 900,
    })
    const browser = new Browser()
    let page = await nameGiven(browser)
    const code = codeIn((await nthMail(mails, 1)).mail.text)
    for (let guess = 0; guess < 2; guess += 1) {
      page = await browser.submit(page, { code: wrongOf(code) }, { form: 'kc-sent-code-form' })
    }
    page = await browser.submit(page, { code }, { form: 'kc-sent-code-form' })
    expect(page.text).toContain('Invalid code.')
    const errors = (await realm.send('/events?type=LOGIN_ERROR', 'GET')) as { error: string }[]
    expect(errors.map(({ error }) => error)).toContain('user_temporarily_disabled')
  })

  it('no more than a few are sent', async () => {
    realm = await realmWith(['auth-username-form', 'email-code-form'])
    const browser = new Browser()
    let page = await nameGiven(browser)
    for (let count = 0; count < 8; count += 1) {
      page = await browser.submit(page, {}, { form: 'kc-resend-form', button: 'resend' })
    }
    expect(page.text).toContain('Too many codes have been sent.')
    await nthMail(mails, 6)
    expect(mails.arrived).toHaveLength(6)
  })
})

describe('a link by e-mail', () => {
  it('signs in where it was asked for, once', async () => {
    realm = await realmWith(['auth-username-form', 'magic-link-form'])
    const browser = new Browser()
    await nameGiven(browser)
    const link = linkOf(await nthMail(mails, 1))
    expect(tokenOf(link)).toMatchObject({ typ: 'magic-link', azp: 'web' })
    expect(answerOf(await browser.get(link))).toHaveProperty('code')
    expect((await browser.get(link)).text).toContain('Action expired.')
  })

  it('shows a code elsewhere, and signs nobody in there', async () => {
    realm = await realmWith(['auth-username-form', 'magic-link-form'])
    const browser = new Browser()
    const page = await nameGiven(browser)
    const other = new Browser()
    const shown = await other.get(linkOf(await nthMail(mails, 1)))
    expect(shown.text).toContain('Go on in the other browser')
    expect(other.cookies.value('KEYCLOAK_IDENTITY')).toBeUndefined()
    const code = codeIn(shown.text)
    const done = await browser.submit(page, { code }, { form: 'kc-sent-code-form' })
    expect(answerOf(done)).toHaveProperty('code')
  })
})

describe('a code by SMS', () => {
  it('goes through the gateway, in its words', async () => {
    const { port } = gateway.address() as AddressInfo
    realm = await realmWith(['auth-username-password-form', 'sms-code-form'], {
      'sms.gateway.url': `http://127.0.0.1:${port}/send`,
      'sms.gateway.template': '{"to":["{phone}"],"message":{"text":"\\"{text}\\""}}',
      'sms.gateway.secret': 'gateway-secret',
    })
    const browser = new Browser()
    const page = await browser.submit(await realm.begin(browser), anna)
    expect(page.text).toContain('A code is on its way to your phone (•••67).')
    const message = await eventually(async () => messages[0], 'the message')
    expect(message.authorization).toBe('Bearer gateway-secret')
    expect(message.body).toMatchObject({ to: ['+491701234567'] })
    const { text } = (message.body as { message: { text: string } }).message
    expect(text).toMatch(/^"\d{6} is your code\. It counts for 5 minutes\. Tell nobody\."$/)
    const code = codeIn(text)
    const done = await browser.submit(page, { code }, { form: 'kc-sent-code-form' })
    expect(answerOf(done)).toHaveProperty('code')
  })
})
