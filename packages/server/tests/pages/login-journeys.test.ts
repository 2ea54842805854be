import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { acmePassword } from '../harness/fixtures.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const runnable = await hasChromium('tests of whole logins in a real browser')
const stepTimeoutMs = 15_000
/** Where the clients of the imported realm expect their users back. */
const redirectUri = 'http://127.0.0.1:3000/cb'

describe.skipIf(!runnable)('logins in Chromium', () => {
  let server: TestServer
  let browser: Browser
  const failures: string[] = []
  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const visitor = async (): Promise<BrowserContext> => {
    const context = await browser.newContext()
    context.setDefaultTimeout(stepTimeoutMs)
    // Logos of clients, which the pages may load from elsewhere.
    await context.route(
      ({ hostname }) => hostname.endsWith('.test'),
      (route) => route.fulfill({ contentType: 'image/svg+xml', body: '<svg/>' }),
    )
    return context
  }
  const openLogin = async (
    context: BrowserContext,
    clientId: string,
    parameters: Record<string, string> = {},
  ): Promise<Page> => {
    const page = await context.newPage()
    page.on('pageerror', (error) => failures.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') failures.push(message.text())
    })
    const realmUrl = server.realmUrl('acme')
    await page.goto(authorizationUrl({ realmUrl, clientId, redirectUri, parameters }).href)
    return page
  }
  const signIn = async (page: Page, username: string): Promise<void> => {
    await page.getByLabel('Username or email').fill(username)
    await page.getByRole('button', { name: 'Sign In' }).click()
    await page.getByLabel('Password', { exact: true }).fill(acmePassword(username))
    await page.getByRole('button', { name: 'Sign In' }).click()
  }
  /** Parameters with which a page is sent back to the client, where nobody needs to listen; ask before it happens. */
  const back = async (page: Page): Promise<URLSearchParams> => {
    const request = await page.waitForRequest((sent) => sent.url().startsWith(redirectUri))
    return new URL(request.url()).searchParams
  }

  it('an open page goes on by itself once another tab has signed in', async () => {
    const context = await visitor()
    const first = await openLogin(context, 'web', { state: 'first' })
    const second = await openLogin(context, 'web', { state: 'second' })
    const answers = Promise.all([back(first), back(second)])
    await first.bringToFront()
    await signIn(first, 'alice')
    await second.bringToFront()
    const [one, two] = await answers
    expect([one.get('state'), two.get('state')]).toEqual(['first', 'second'])
    expect(two.get('session_state')).toBe(one.get('session_state'))
    expect(two.get('code')).toBeTruthy()
  })

  it('a page that asks again although one is signed in stays', async () => {
    const context = await visitor()
    const first = await openLogin(context, 'web')
    await Promise.all([back(first), signIn(first, 'bob')])
    const again = await openLogin(context, 'web', { prompt: 'login' })
    await again.waitForTimeout(2_500)
    expect(await again.getByLabel('Password', { exact: true }).isVisible()).toBe(true)
  })

  it('the consent page names client and scopes, and takes yes and no', async () => {
    const context = await visitor()
    const answered = async (state: string, button: string): Promise<URLSearchParams> => {
      const page = await openLogin(context, 'consent-app', { state })
      await signIn(page, 'carol')
      await page.getByRole('heading', { name: 'Grant Access to' }).waitFor()
      expect(await page.locator('#kc-oauth li').allTextContents()).not.toEqual([])
      const answer = back(page)
      await page.getByRole('button', { name: button }).click()
      return await answer
    }
    const no = await answered('no', 'No')
    expect([no.get('error'), no.get('state')]).toEqual(['access_denied', 'no'])
    const yes = await answered('yes', 'Yes')
    expect(yes.get('code')).toBeTruthy()
  })

  it('meets no script error and no broken rule of the content security policy', () => {
    expect(failures).toEqual([])
  })
})
