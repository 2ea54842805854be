import { Secret, TOTP } from 'otpauth'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { accountRealm, ada, appRedirectUri } from './account-realm.ts'
import { WatchedPage } from './watched-page.ts'

const runnable = await hasChromium('tests of the account console in a real browser')

describe.skipIf(!runnable)('the account console in Chromium', () => {
  let server: TestServer
  let browser: Browser
  let watched: WatchedPage
  let console: string
  let password = ada.password

  beforeAll(async () => {
    server = await startTestServer()
    const admin = await AdminSession.open(server.url)
    const made = await admin.send('/admin/realms', { method: 'POST', body: accountRealm })
    expect(made.status).toBe(201)
    const organization = { name: 'guild', domains: [{ name: 'guild.example' }] }
    const path = '/admin/realms/village/organizations'
    const { headers } = await admin.send(path, { method: 'POST', body: organization })
    const { body } = await admin.send('/admin/realms/village/users?username=ada')
    const [user] = body as { id: string }[]
    const members = `${path}/${headers.get('location')?.split('/').at(-1)}/members`
    expect((await admin.send(members, { method: 'POST', body: user?.id })).status).toBe(201)
    console = `${server.realmUrl('village')}/account/`
    browser = await launchChromium()
    watched = await WatchedPage.open(browser)
    await watched.page.goto(console)
    await watched.signIn(ada.username, password)
    await watched.page.getByTestId('page-heading').waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const open = (path: string) => watched.visit(console + path)
  const button = (name: string | RegExp) => watched.page.getByRole('button', { name })
  const confirm = () => watched.page.getByRole('dialog').getByRole('button', { name: 'Confirm' })
  const shown = (text: string) => watched.page.getByText(text).first().waitFor()
  const noFailures = () => expect(watched.takeFailures()).toEqual([])

  it('keeps personal info', async () => {
    await open('')
    const { page } = watched
    await page.getByTestId('firstName').fill('Augusta')
    await page.getByTestId('save').click()
    await shown('Your account has been updated.')
    noFailures()
    await open('')
    expect(await page.getByTestId('firstName').inputValue()).toBe('Augusta')
    noFailures()
  })

  it('changes the password', async () => {
    await open('account-security/signing-in')
    await button(/^Update/).click()
    password = 'Another-1'
    await watched.page.locator('#password-new').fill(password)
    await watched.page.locator('#password-confirm').fill(password)
    await watched.page.locator('input[type=submit], button[type=submit]').first().click()
    await watched.page.getByTestId('page-heading').waitFor()
    await watched.settle()
    noFailures()
  })

  it('sets up an authenticator and removes it again', async () => {
    const { page } = watched
    await open('account-security/signing-in')
    await page.getByTestId('otp/create').click()
    const secret = await page.locator('input[name=totpSecret]').inputValue()
    await page.locator('#totp').fill(new TOTP({ secret: Secret.fromUTF8(secret) }).generate())
    await page.locator('#userLabel').fill('phone')
    await page.locator('#saveTOTPBtn').click()
    await shown('phone')
    await page
      .getByTestId('otp/credential-list')
      .getByRole('button', { name: /^Delete/ })
      .click()
    await page.locator('#kc-accept').click()
    await page.getByTestId('otp/not-set-up').waitFor()
    await watched.settle()
    noFailures()
  })

  it('signs another browser out', async () => {
    const other = await WatchedPage.open(browser)
    await other.page.goto(console)
    await other.signIn(ada.username, password)
    await other.page.getByTestId('page-heading').waitFor()
    await open('account-security/device-activity')
    await button('Sign out').and(watched.page.locator('main button')).last().click()
    await confirm().click()
    await shown('Signed out')
    noFailures()
    await other.page.goto(console)
    await other.page.locator('#username').waitFor()
    await other.page.context().close()
  })

  it('takes a consent back', async () => {
    const { page } = watched
    const request = { realmUrl: server.realmUrl('village'), clientId: 'shop' }
    await page.route(`${appRedirectUri}*`, (route) => route.fulfill({ body: 'back' }))
    await page.goto(authorizationUrl({ ...request, redirectUri: appRedirectUri }).href)
    await page.locator('#kc-login').click()
    await page.waitForURL(`${appRedirectUri}*`)
    await open('applications')
    await page.locator('[id$="-toggle"], button[aria-expanded]').filter({ hasText: '' }).count()
    await page.getByTestId('applications-list-item').filter({ hasText: 'The shop' }).waitFor()
    const shop = page.getByTestId('applications-list-item').filter({ hasText: 'The shop' })
    await shop.locator('button[aria-expanded]').first().click()
    await shop.getByRole('button', { name: 'Remove access' }).click()
    await confirm().click()
    await shown('Successfully removed consent')
    noFailures()
  })

  it('shows groups, linked accounts and organizations', async () => {
    for (const [path, text] of [
      ['groups', 'bakers'],
      ['account-security/linked-accounts', 'Partner'],
      ['organizations', 'guild'],
    ] as const) {
      await open(path)
      await shown(text)
      noFailures()
    }
  })

  it('shares a resource', async () => {
    const { page } = watched
    await open('resources')
    await page.getByTestId('share-Holidays').click()
    await page.getByTestId('users').fill('ben')
    await page.getByTestId('add').click()
    await page.getByTestId('permissions').getByRole('combobox').click()
    await page.getByRole('option', { name: 'view' }).click()
    await page.getByTestId('done').click()
    await shown('Resource successfully shared.')
    noFailures()
    await open('resources')
    await page.getByTestId('expand-Holidays').click()
    await page.getByTestId('shared-with-ben').waitFor()
    noFailures()
  })
})
