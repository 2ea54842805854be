import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WatchedPage } from '../consoles/watched-page.ts'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const runnable = await hasChromium("a newcomer's way from the first page to a login")

/** Clicks and fills in alone: no address is typed. */
describe.skipIf(!runnable)('a newcomer', () => {
  let server: TestServer
  let browser: Browser
  let watched: WatchedPage
  let page: Page

  beforeAll(async () => {
    server = await startTestServer({
      empty: true,
      environment: { KC_BOOTSTRAP_ADMIN_USERNAME: '', KC_BOOTSTRAP_ADMIN_PASSWORD: '' },
    })
    browser = await launchChromium()
    watched = await WatchedPage.open(browser)
    page = watched.page
    await page.goto(server.url)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const by = (testId: string) => page.getByTestId(testId)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const link = (name: string) => page.getByRole('link', { name, exact: true })
  const firstPage = () => page.goto(server.url)

  it('becomes the administrator and comes into the admin console', async () => {
    await page.locator('#username').fill('admin')
    await page.locator('#password').fill('first-Passw0rd')
    await page.locator('#password-confirmation').fill('first-Passw0rd')
    await button('Create user').click()
    await page.getByRole('link', { name: /^Administration console/ }).click()
    await watched.signIn('admin', 'first-Passw0rd')
    await page.getByRole('heading', { name: 'Welcome to Holdfast' }).waitFor()
    expect(watched.takeFailures()).toEqual([])
  })

  it('makes a realm, a user with a password, and a client', async () => {
    await link('Manage realms').click()
    await button('Create realm').click()
    await page.locator('#realm-form input[name=realm]').fill('demo')
    await by('create').click()
    await page.waitForURL(/#\/demo/)
    await link('Users').click()
    await by('no-users-found-empty-action').click()
    await by('username').fill('alice')
    await button('Create').click()
    await by('credentials').click()
    await button('Set password').first().click()
    await by('passwordField').fill('Secret-1')
    await by('passwordConfirmationField').fill('Secret-1')
    await page.locator('label[for="temporaryPassword"]').last().click()
    await by('confirm').first().click()
    await button('Save password').click()
    await page.getByText('My password').waitFor()
    await makeClient()
    expect(watched.takeFailures()).toEqual([])
  })

  /** By the sample application, which says what the client needs. */
  async function makeClient(): Promise<void> {
    await firstPage()
    await page.getByRole('link', { name: /^Sample application/ }).click()
    await link('demo').click()
    const address = (await page.locator('.secret').textContent()) ?? ''
    await link('Create a client').click()
    await by('clientId').fill('my-app')
    await button('Next').click()
    await button('Next').click()
    await by('redirectUris0').fill(address)
    await button('Save').click()
    await page.waitForURL(/clients\/[0-9a-f-]{36}\/settings/)
  }

  it('signs in to the sample application as that user, and out again', async () => {
    await firstPage()
    await page.getByRole('link', { name: /^Sample application/ }).click()
    await link('demo').click()
    await button('Sign in to my-app').click()
    await watched.signIn('alice', 'Secret-1')
    await page.locator('#email').fill('alice@example.org')
    await page.locator('#firstName').fill('Alice')
    await page.locator('#lastName').fill('Miller')
    await page.locator('[type=submit]').first().click()
    await page.getByText('You are signed in as alice').waitFor()
    const claims = JSON.parse((await page.locator('#sample-app-claims').textContent()) ?? '')
    expect(claims).toMatchObject({ azp: 'my-app', email: 'alice@example.org' })
    expect(page.url()).not.toContain('code=')
    await link('Sign out').click()
    await page.getByText('Which realm shall sign you in?').waitFor()
    expect(watched.takeFailures()).toEqual([])
  })

  it("signs in to the realm's account console", async () => {
    await link('demo').click()
    await link('Sign in to the account console').click()
    await watched.signIn('alice', 'Secret-1')
    await by('page-heading').waitFor()
    expect(watched.takeFailures()).toEqual([])
  })

  it('is told why a login failed', async () => {
    await page.goto(`${server.url}/sample-app?error=access_denied&error_description=Not+today`)
    await page.getByText('The login failed: Not today').waitFor()
    await page.goto(`${server.url}/sample-app?code=guessed&state=guessed`)
    await page.getByText('The login failed: state').waitFor()
  })
})
