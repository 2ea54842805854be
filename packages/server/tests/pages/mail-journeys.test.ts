import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { TestCertificates } from '../harness/certificates.ts'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer } from '../harness/test-server.ts'
import { type SmallRealm, SmallRealms, webRedirect } from '../login/small-realm.ts'
import { MailServer } from '../mail/mail-server.ts'
import { linkOf, nthMail } from '../mail/mail-world.ts'

const runnable = await hasChromium('tests of mails and their links in a real browser')
const stepTimeoutMs = 15_000

describe.skipIf(!runnable)('mails in Chromium', () => {
  const certificates = new TestCertificates()
  let realms: SmallRealms
  let browser: Browser
  let mails: MailServer
  const failures: string[] = []

  beforeAll(async () => {
    const { certificate, certificateFile, keyFile } = certificates.make('/CN=localhost')
    mails = await MailServer.start({
      authOptional: false,
      cert: certificate,
      key: readFileSync(keyFile),
    })
    const server = await startTestServer({ options: [`--truststore-paths=${certificateFile}`] })
    realms = new SmallRealms(server, await AdminSession.open(server.url))
    browser = await launchChromium()
  })
  beforeEach(() => {
    mails.arrived.length = 0
  })
  afterAll(async () => {
    await browser?.close()
    await mails?.[Symbol.asyncDispose]()
    await realms?.[Symbol.asyncDispose]()
    certificates[Symbol.dispose]()
  })

  const create = (name: string, settings: object = {}, user: object = {}): Promise<SmallRealm> => {
    const smtpServer = {
      host: 'localhost',
      port: String(mails.port),
      from: 'login@acme.test',
      starttls: 'true',
      auth: 'true',
      user: 'acme',
      password: 'mail-secret',
    }
    const all = { smtpServer, resetPasswordAllowed: true, ...settings }
    return realms.create(name, all, {}, { ...user })
  }
  const visitor = async (): Promise<BrowserContext> => {
    const context = await browser.newContext()
    context.setDefaultTimeout(stepTimeoutMs)
    return context
  }
  const openLogin = async (
    context: BrowserContext,
    realm: SmallRealm,
    parameters: Record<string, string> = {},
  ): Promise<Page> => {
    const page = await context.newPage()
    page.on('pageerror', (error) => failures.push(String(error)))
    const request = { realmUrl: realm.url, clientId: 'web', redirectUri: webRedirect, parameters }
    await page.goto(authorizationUrl(request).href)
    return page
  }
  const back = (page: Page) => page.waitForRequest((sent) => sent.url().startsWith(webRedirect))
  const signIn = async (page: Page) => {
    await page.getByLabel('Username or email').fill('anna')
    await page.getByLabel('Password', { exact: true }).fill('pw')
    await page.getByRole('button', { name: 'Sign In' }).click()
  }

  it('a forgotten password is set anew', { timeout: 60_000 }, async () => {
    const realm = await create('chromium-reset')
    await using context = await visitor()
    const page = await openLogin(context, realm)
    await page.getByRole('link', { name: 'Forgot Password?' }).click()
    await page.getByLabel('Username or email').fill('anna')
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.getByText('You should receive an email shortly').waitFor()
    const mail = await nthMail(mails, 1)
    expect([mail.secure, mail.user]).toEqual([true, 'acme'])
    await page.goto(linkOf(mail))
    await page.getByLabel('New Password').fill('newer')
    await page.getByLabel('Confirm password').fill('newer')
    const returned = back(page)
    await page.getByRole('button', { name: 'Submit' }).click()
    expect(new URL((await returned).url()).searchParams.get('code')).not.toBeNull()
    expect(failures).toEqual([])
  })

  it('an address is verified in another browser, and the first goes on by itself', {
    timeout: 60_000,
  }, async () => {
    const realm = await create('chromium-verify', { verifyEmail: true }, { emailVerified: false })
    await using context = await visitor()
    const page = await openLogin(context, realm)
    await signIn(page)
    await page.getByText('has been sent to your address anna@example.org').waitFor()
    const returned = back(page)
    await using elsewhere = await visitor()
    const other = await elsewhere.newPage()
    await other.goto(linkOf(await nthMail(mails, 1)))
    await other.getByRole('link', { name: 'Click here to proceed' }).click()
    await other.getByText('Your email address has been verified.').waitFor()
    expect(new URL((await returned).url()).searchParams.get('code')).not.toBeNull()
    expect(failures).toEqual([])
  })

  it('another address is confirmed', { timeout: 60_000 }, async () => {
    const realm = await create('chromium-update', { verifyEmail: true })
    const path = '/authentication/required-actions/UPDATE_EMAIL'
    const action = (await realm.send(path, 'GET')) as object
    await realm.send(path, 'PUT', { ...action, enabled: true })
    await using context = await visitor()
    const page = await openLogin(context, realm, { kc_action: 'UPDATE_EMAIL' })
    await signIn(page)
    await page.getByLabel('Email').fill('new@example.org')
    await page.getByRole('button', { name: 'Submit' }).click()
    await page.getByText('A confirmation email has been sent to new@example.org').waitFor()
    await page.goto(linkOf(await nthMail(mails, 1)))
    await page.getByText('has been successfully updated to new@example.org').waitFor()
    expect(failures).toEqual([])
  })
})
