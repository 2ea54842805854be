import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms, webRedirect } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { eventually, linkOf, nthMail, smtpOf, tokenOf } from './mail-world.ts'

let realms: SmallRealms
let realm: SmallRealm
let mails: MailServer
let number = 0

beforeAll(async () => {
  realms = await SmallRealms.start()
  mails = await MailServer.start({ hideSTARTTLS: true })
})

beforeEach(async () => {
  mails.arrived.length = 0
  number += 1
  realm = await newRealm(`reset-${number}`)
})

afterAll(async () => {
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

function newRealm(name: string, settings: Readonly<Record<string, unknown>> = {}) {
  const client = { baseUrl: 'http://app.example.org/' }
  return realms.create(
    name,
    { smtpServer: smtpOf(mails), resetPasswordAllowed: true, eventsEnabled: true, ...settings },
    client,
  )
}

/** Presses "Forgot password?" and gives a name. */
async function forgot(browser: Browser, username: string): Promise<Page> {
  const login = await realm.begin(browser)
  const [, link = ''] = /href="([^"]*reset-credentials[^"]*)"/.exec(login.body) ?? []
  const page = await browser.get(new URL(link.replaceAll('&amp;', '&'), login.url))
  expect(page.id).toBe('login-login-reset-password')
  return browser.submit(page, { username })
}

const password = (value: string) => ({ 'password-new': value, 'password-confirm': value })

async function events(type: string): Promise<Record<string, unknown>[]> {
  return (await realm.send(`/events?type=${type}`, 'GET')) as Record<string, unknown>[]
}

describe('a forgotten password', () => {
  it('is reset in the browser that asked, and the login goes on', async () => {
    const browser = new Browser()
    const sent = await forgot(browser, 'anna')
    expect(sent.id).toBe('login-login')
    expect(sent.text).toContain('You should receive an email shortly with further instructions.')
    const mail = await nthMail(mails, 1)
    const link = linkOf(mail)
    expect(mail.mail.subject).toBe('Reset password')
    expect(tokenOf(link)).toMatchObject({ typ: 'reset-credentials', azp: 'web' })
    const page = await browser.get(link)
    expect(page.id).toBe('login-login-update-password')
    const done = await browser.submit(page, password('newer'))
    expect(answerOf(done)).toHaveProperty('code')
    expect(await events('SEND_RESET_PASSWORD')).toHaveLength(1)
    expect(await events('UPDATE_PASSWORD')).toHaveLength(1)
    expect(await events('LOGIN')).toHaveLength(1)
    const again = await browser.get(link)
    expect(again.status).toBe(400)
    expect(again.text).toContain('Action expired. Please continue with login now.')
    const other = new Browser()
    const signedIn = await other.submit(await realm.begin(other), {
      username: 'anna',
      password: 'newer',
    })
    expect(signedIn.location).not.toBeNull()
  })

  it('is reset in another browser, which is told so and not signed in', async () => {
    await forgot(new Browser(), 'anna@example.org')
    const link = linkOf(await nthMail(mails, 1))
    const other = new Browser()
    const page = await other.get(link)
    expect(page.id).toBe('login-login-update-password')
    const done = await other.submit(page, password('newer'))
    expect(done.id).toBe('login-info')
    expect(done.text).toContain('Your account has been updated.')
    expect(done.body).toContain('href="http://app.example.org/"')
    expect(other.cookies.value('KEYCLOAK_IDENTITY')).toBeUndefined()
    const third = await new Browser().get(link)
    expect([third.status, third.text]).toEqual([400, expect.stringContaining('Action expired.')])
  })

  it('answers alike whoever is asked for, and sends nothing to nobody', async () => {
    const texts = []
    for (const name of ['anna', 'nobody', 'nobody@example.org']) {
      texts.push((await forgot(new Browser(), name)).text)
    }
    expect(new Set(texts).size).toBe(1)
    const empty = await realms.server.database.query<{ n: string }>(
      "SELECT count(*) AS n FROM authentication_session WHERE state->>'purpose' = 'reset-credentials' AND realm_id = (SELECT id FROM realm WHERE name = $1)",
      [realm.name],
    )
    // As much is written for names that nobody has.
    expect(empty[0]?.n).toBe('3')
    await nthMail(mails, 1)
    expect(mails.arrived).toHaveLength(1)
    expect((await events('RESET_PASSWORD_ERROR')).map(({ error }) => error)).toEqual([
      'user_not_found',
      'user_not_found',
    ])
  })

  it('costs no row while nobody has given a name, also where a link outside of a login begins it', async () => {
    const link = `${realms.server.realmUrl(realm.name)}/login-actions/reset-credentials?client_id=web`
    const page = await new Browser().get(link)
    expect(page.id).toBe('login-login-reset-password')
    const rows = await realms.server.database.query(
      'SELECT 1 FROM authentication_session WHERE realm_id = (SELECT id FROM realm WHERE name = $1)',
      [realm.name],
    )
    expect(rows).toEqual([])
  })

  it('sends no more than a few mails to one user', async () => {
    for (let count = 0; count < 9; count += 1) {
      const page = await forgot(new Browser(), count % 2 ? 'anna' : 'anna@example.org')
      expect(page.text).toContain('You should receive an email shortly')
    }
    await eventually(async () => (await waiting()) === 0, 'the end of the mails')
    expect(mails.arrived).toHaveLength(6)
    const errors = await events('SEND_RESET_PASSWORD_ERROR')
    expect(errors.map(({ error }) => error)).toEqual(Array(3).fill('too_many_mails'))
  })

  it('is reset by a link outside of any login, for the account or for a client', async () => {
    const address = `${realm.url}/login-actions/reset-credentials`
    const open = (query: string, browser = new Browser()) => browser.get(`${address}${query}`)
    const reset = async (query: string) => {
      const browser = new Browser()
      const page = await open(query, browser)
      expect(page.id).toBe('login-login-reset-password')
      await browser.submit(page, { username: 'anna' })
      const mail = await nthMail(mails, mails.arrived.length + 1)
      return browser.submit(await browser.get(linkOf(mail)), password(`of${query}`))
    }
    const ofAccount = await reset('')
    expect(ofAccount.url.href).toMatch(new RegExp(`^${realm.url}/account/\\?.*code=`))
    const ofClient = await reset(`?client_id=web&redirect_uri=${webRedirect}`)
    expect(answerOf(ofClient)).toHaveProperty('code')
    const withoutAddress = await reset('?client_id=web')
    expect([withoutAddress.id, withoutAddress.location]).toEqual(['login-info', null])
    for (const [query, text] of [
      ['?client_id=nope', 'Client not found.'],
      ['?client_id=web&redirect_uri=http://evil.test/', 'Invalid parameter: redirect_uri'],
      ['?redirect_uri=http://evil.test/', 'Missing parameters: client_id'],
      ['?session_code=x', 'Restart login cookie not found.'],
      ['?client_data=e30', 'Restart login cookie not found.'],
    ] as const) {
      const page = await open(query)
      expect([query, page.status, page.text]).toEqual([query, 400, expect.stringContaining(text)])
    }
    await realm.send('', 'PUT', { resetPasswordAllowed: false })
    expect((await open('')).text).toContain('Reset Credential not allowed')
  })

  it('refuses a link whose user is disabled, has another address, or is not who is signed in', async () => {
    await forgot(new Browser(), 'anna')
    const link = linkOf(await nthMail(mails, 1))
    const id = await realm.userId()
    const user = (await realm.send(`/users/${id}`, 'GET')) as Record<string, unknown>
    await realm.send('/users', 'POST', {
      username: 'bob',
      enabled: true,
      email: 'bob@example.org',
      firstName: 'B',
      lastName: 'O',
      credentials: [{ type: 'password', value: 'pw' }],
    })
    const bob = new Browser()
    await bob.submit(await realm.begin(bob), { username: 'bob', password: 'pw' })
    expect((await bob.get(link)).text).toContain(
      "You are already authenticated as different user 'bob' in this session.",
    )
    await realm.send(`/users/${id}`, 'PUT', { ...user, enabled: false })
    expect((await new Browser().get(link)).text).toContain('Account is disabled')
    await realm.send(`/users/${id}`, 'PUT', { ...user, email: 'x@example.org' })
    expect((await new Browser().get(link)).text).toContain('Invalid email address.')
    const errors = (await events('RESET_PASSWORD_ERROR')).map(({ error }) => error)
    expect(errors.toSorted()).toEqual([
      'different_user_authenticated',
      'invalid_email',
      'user_disabled',
    ])
  })

  it('20 browsers with one link: one of them changes the password', async () => {
    await forgot(new Browser(), 'anna')
    const link = linkOf(await nthMail(mails, 1))
    const pages = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const browser = new Browser()
        return { browser, page: await browser.get(link) }
      }),
    )
    const ends = await Promise.all(
      pages.map(({ browser, page }, at) => browser.submit(page, password(`new-${at}`))),
    )
    expect(ends.filter(({ id }) => id === 'login-info')).toHaveLength(1)
    expect(ends.filter(({ text }) => text.includes('Action expired.'))).toHaveLength(19)
    expect(await events('UPDATE_PASSWORD')).toHaveLength(1)
  })

  it('ends without a login where the flow says so', async () => {
    const flow = 'reset credentials'
    await realm.send(`/authentication/flows/${encodeURIComponent(flow)}/copy`, 'POST', {
      newName: 'mine',
    })
    const executions = (await realm.send('/authentication/flows/mine/executions', 'GET')) as {
      id: string
      providerId?: string
    }[]
    const email = executions.find(({ providerId }) => providerId === 'reset-credential-email')
    await realm.send(`/authentication/executions/${email?.id}/config`, 'POST', {
      alias: 'forced',
      config: { 'force-login': 'true' },
    })
    const settings = (await realm.send('', 'GET')) as Record<string, unknown>
    await realm.send('', 'PUT', { ...settings, resetCredentialsFlow: 'mine' })
    const browser = new Browser()
    await forgot(browser, 'anna')
    const page = await browser.get(linkOf(await nthMail(mails, 1)))
    const done = await browser.submit(page, password('newer'))
    expect(done.text).toContain('Your account has been updated.')
  })

  it('says that a link is too old, and begins again where a login waits for it', async () => {
    realm = await newRealm('reset-short', { actionTokenGeneratedByUserLifespan: 1 })
    const browser = new Browser()
    await forgot(browser, 'anna')
    const link = linkOf(await nthMail(mails, 1))
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    const elsewhere = await new Browser().get(link)
    expect([elsewhere.status, elsewhere.text]).toEqual([
      400,
      expect.stringContaining('Action expired.'),
    ])
    const here = await browser.get(link)
    expect(here.id).toBe('login-login')
    expect(here.text).toContain('Action expired. Please start again.')
  })

  it.each([
    ['no token', ''],
    ['a text that is none', '?key=abc'],
    ['a token of another realm', 'other'],
    ['a changed token', 'changed'],
  ])('refuses %s', async (_, how) => {
    let address = `${realm.url}/login-actions/action-token${how}`
    if (how === 'other' || how === 'changed') {
      await forgot(new Browser(), 'anna')
      const link = linkOf(await nthMail(mails, 1))
      const key = new URL(link).searchParams.get('key') ?? ''
      const [head, , signature] = key.split('.')
      const claims = { ...tokenOf(link), sub: await realm.userId(), exp: 4_000_000_000 }
      const forged = Buffer.from(JSON.stringify(claims)).toString('base64url')
      const root = how === 'other' ? (await newRealm('reset-other')).url : realm.url
      const given = how === 'other' ? key : `${head}.${forged}.${signature}`
      address = `${root}/login-actions/action-token?key=${given}`
    }
    const page = await new Browser().get(address)
    expect([page.status, page.id]).toEqual([400, 'login-error'])
    expect(anna.username).toBe('anna')
  })
})

async function waiting(): Promise<number> {
  const [row] = await realms.server.database.query<{ n: string }>(
    'SELECT count(*) AS n FROM mail WHERE due_at IS NOT NULL',
  )
  return Number(row?.n)
}
