import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { linkOf, nthMail, smtpOf, tokenOf } from './mail-world.ts'

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
  realm = await realms.create(
    `verify-${number}`,
    {
      smtpServer: smtpOf(mails),
      verifyEmail: true,
      registrationAllowed: true,
      eventsEnabled: true,
    },
    { baseUrl: 'http://app.example.org/' },
    { emailVerified: false },
  )
})

afterAll(async () => {
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

const signIn = async (browser: Browser, user = anna): Promise<Page> =>
  browser.submit(await realm.begin(browser), user)
const events = async (type: string) =>
  (await realm.send(`/events?type=${type}`, 'GET')) as Record<string, unknown>[]
const user = async () =>
  ((await realm.send('/users?username=anna', 'GET')) as Record<string, unknown>[])[0]

/** Follows the link of the page whose text or address matches. */
const proceed = (browser: Browser, page: Page) => browser.click(page, /login-actions\/action-token/)

describe('an address that has to be verified', () => {
  it('is verified by the link in the browser that waits, and the login goes on', async () => {
    const browser = new Browser()
    const page = await signIn(browser)
    expect(page.id).toBe('login-login-verify-email')
    expect(page.text).toContain('has been sent to your address anna@example.org')
    const link = linkOf(await nthMail(mails, 1))
    expect(tokenOf(link)).toMatchObject({ typ: 'verify-email', azp: 'web' })
    expect(answerOf(await browser.get(link))).toHaveProperty('code')
    expect(await user()).toMatchObject({ emailVerified: true })
    expect(await events('VERIFY_EMAIL')).toHaveLength(1)
    const again = await browser.get(link)
    expect([again.id, again.text]).toEqual([
      'login-info',
      expect.stringContaining('Your email address has been verified already.'),
    ])
  })

  it('is verified in another browser after a click, and the first one goes on by itself', async () => {
    const browser = new Browser()
    const waiting = await signIn(browser)
    const [, awaited = ''] = /data-awaited="([^"]*)"/.exec(waiting.body) ?? []
    const [, next = ''] = /data-next="([^"]*)"/.exec(waiting.body) ?? []
    const ask = () => browser.get(awaited.replaceAll('&amp;', '&'))
    expect((await ask()).status).toBe(204)
    const other = new Browser()
    const opened = await other.get(linkOf(await nthMail(mails, 1)))
    expect(opened.id).toBe('login-info')
    expect(opened.text).toContain('Confirm validity of e-mail address anna@example.org.')
    expect(await user(), 'opening a link is no click').toMatchObject({ emailVerified: false })
    const done = await proceed(other, opened)
    expect(done.text).toContain('Your email address has been verified.')
    expect(other.cookies.value('KEYCLOAK_IDENTITY')).toBeUndefined()
    expect((await ask()).status).toBe(200)
    expect(answerOf(await browser.get(next.replaceAll('&amp;', '&')))).toHaveProperty('code')
  })

  it('the confirmation of one browser is none in another', async () => {
    await signIn(new Browser())
    const opened = await new Browser().get(linkOf(await nthMail(mails, 1)))
    const stolen = await proceed(new Browser(), opened)
    expect(stolen.text).toContain('Confirm validity of e-mail address')
    expect(await user()).toMatchObject({ emailVerified: false })
  })

  it('another mail is sent by a click after a while, and none by loading the page', async () => {
    const browser = new Browser()
    const page = await signIn(browser)
    await nthMail(mails, 1)
    const loaded = await browser.get(page.url)
    expect(loaded.id).toBe('login-login-verify-email')
    const soon = await browser.click(loaded, /required-action/)
    expect(soon.text).toMatch(/You must wait \d+ seconds before resending/)
    expect(mails.arrived).toHaveLength(1)
    await realms.server.database.query(
      "DELETE FROM single_use_object WHERE id LIKE 'mail-cooldown.%'",
    )
    await browser.click(soon, /required-action/)
    await nthMail(mails, 2)
  })

  it('20 browsers that confirm at once: one of them verifies', async () => {
    await signIn(new Browser())
    const link = linkOf(await nthMail(mails, 1))
    const opened = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const browser = new Browser()
        return { browser, page: await browser.get(link) }
      }),
    )
    await Promise.all(opened.map(({ browser, page }) => proceed(browser, page)))
    expect(await events('VERIFY_EMAIL')).toHaveLength(1)
  })

  it('is asked for after a registration', async () => {
    const browser = new Browser()
    const form = await browser.click(await realm.begin(browser), /login-actions\/registration/)
    const page = await browser.submit(form, {
      username: 'bea',
      email: 'bea@example.org',
      firstName: 'B',
      lastName: 'Ea',
      password: 'bea-Passw0rd',
      'password-confirm': 'bea-Passw0rd',
    })
    expect(page.id).toBe('login-login-verify-email')
    const mail = await nthMail(mails, 1)
    expect(mail.envelope.to).toEqual(['bea@example.org'])
    expect(answerOf(await browser.get(linkOf(mail)))).toHaveProperty('code')
  })

  it('ends with a page where the realm can send nothing', async () => {
    const other = await realms.create(
      'verify-unsendable',
      { verifyEmail: true, smtpServer: { host: 'localhost' } },
      {},
      { emailVerified: false },
    )
    const browser = new Browser()
    const page = await browser.submit(await other.begin(browser), anna)
    expect(page.id).toBe('login-error')
    expect(page.text).toContain('Failed to send email, please try again later.')
  })
})

describe('actions that an administrator has sent', () => {
  const send = async (actions: string[], query = '') => {
    const { id } = (await user()) as { id: string }
    await realm.send(`/users/${id}/execute-actions-email${query}`, 'PUT', actions)
    return linkOf(await nthMail(mails, 1))
  }

  it('are done in any browser after a click, and lead back to the application', async () => {
    const redirect = encodeURIComponent('http://app.example.org/cb/done')
    const link = await send(['UPDATE_PASSWORD'], `?client_id=web&redirect_uri=${redirect}`)
    const browser = new Browser()
    const opened = await browser.get(link)
    expect(opened.text).toContain('Perform the following action(s): Update Password')
    expect(await user()).toMatchObject({ emailVerified: false })
    const page = await proceed(browser, opened)
    expect(page.id).toBe('login-login-update-password')
    const done = await browser.submit(page, { 'password-new': 'n', 'password-confirm': 'n' })
    expect(done.text).toContain('Your account has been updated.')
    expect(done.body).toContain('href="http://app.example.org/cb/done"')
    expect(await user()).toMatchObject({ emailVerified: true })
    expect((await new Browser().get(link)).text).toContain(
      'Action expired. Please continue with login now.',
    )
  })

  it('several of them, in the order of the realm', async () => {
    const browser = new Browser()
    const opened = await browser.get(await send(['UPDATE_PASSWORD', 'UPDATE_PROFILE']))
    const first = await proceed(browser, opened)
    const second = await browser.submit(
      first,
      first.id === 'login-login-update-password'
        ? { 'password-new': 'n', 'password-confirm': 'n' }
        : {},
    )
    expect([first.id, second.id].toSorted()).toEqual([
      'login-login-update-password',
      'login-login-update-profile',
    ])
  })
})

describe('another address', () => {
  const begin = async (browser: Browser) => {
    const asked = await realm.begin(browser, { kc_action: 'UPDATE_EMAIL' })
    return await browser.submit(asked, anna)
  }

  beforeEach(async () => {
    const path = '/authentication/required-actions/UPDATE_EMAIL'
    const action = (await realm.send(path, 'GET')) as Record<string, unknown>
    await realm.send(path, 'PUT', { ...action, enabled: true })
    const { id, ...rest } = (await user()) as { id: string }
    await realm.send(`/users/${id}`, 'PUT', { ...rest, emailVerified: true })
  })

  it('counts once the link that goes to it is opened', async () => {
    const browser = new Browser()
    let page = await begin(browser)
    expect(page.id).toBe('login-update-email')
    for (const [email, text] of [
      ['', 'Please specify email.'],
      ['bad', 'Invalid email address.'],
    ] as const) {
      page = await browser.submit(page, { email })
      expect(page.text).toContain(text)
    }
    const sent = await browser.submit(page, { email: 'new@example.org' })
    expect(sent.text).toContain('A confirmation email has been sent to new@example.org.')
    const mail = await nthMail(mails, 1)
    expect([mail.envelope.to, mail.mail.subject]).toEqual([['new@example.org'], 'Verify new email'])
    expect(await user()).toMatchObject({ email: 'anna@example.org' })
    const done = await new Browser().get(linkOf(mail))
    expect(done.text).toContain('has been successfully updated to new@example.org.')
    expect(await user()).toMatchObject({ email: 'new@example.org', emailVerified: true })
    expect((await new Browser().get(linkOf(mail))).text).toContain('an old stale link')
    expect(await events('UPDATE_EMAIL')).toMatchObject([
      { details: { previous_email: 'anna@example.org', updated_email: 'new@example.org' } },
    ])
  })

  it('is confirmed elsewhere, and the tab that waits goes on by itself', async () => {
    const browser = new Browser()
    const sent = await browser.submit(await begin(browser), { email: 'new@example.org' })
    const addressIn = (name: string) =>
      (new RegExp(`data-${name}="([^"]*)"`).exec(sent.body)?.[1] ?? '').replaceAll('&amp;', '&')
    const ask = () => browser.get(addressIn('awaited'))
    expect((await ask()).status).toBe(204)
    await new Browser().get(linkOf(await nthMail(mails, 1)))
    expect((await ask()).status).toBe(200)
    expect(answerOf(await browser.get(addressIn('next')))).toMatchObject({
      kc_action_status: 'success',
    })
  })

  it('does not count when an administrator has taken it back', async () => {
    const browser = new Browser()
    await browser.submit(await begin(browser), { email: 'new@example.org' })
    const link = linkOf(await nthMail(mails, 1))
    const { id, ...rest } = (await user()) as { id: string }
    await realm.send(`/users/${id}`, 'PUT', {
      ...rest,
      attributes: {},
      email: 'anna@example.org',
      firstName: 'An',
      lastName: 'Na',
    })
    expect((await new Browser().get(link)).text).toContain('has been cancelled')
    expect(await user()).toMatchObject({ email: 'anna@example.org' })
  })

  it('counts at once where addresses are not verified, and the client is told', async () => {
    await realm.send('', 'PUT', { verifyEmail: false })
    const browser = new Browser()
    const done = await browser.submit(await begin(browser), { email: 'new@example.org' })
    expect(answerOf(done)).toMatchObject({
      kc_action: 'UPDATE_EMAIL',
      kc_action_status: 'success',
    })
    expect(await user()).toMatchObject({ email: 'new@example.org', emailVerified: false })
  })
})
