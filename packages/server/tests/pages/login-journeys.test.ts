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

  /** A browser of its own, in which the client's page is a word. */
  const visitor = async (): Promise<BrowserContext> => {
    const context = await browser.newContext()
    context.setDefaultTimeout(stepTimeoutMs)
    await context.route(`${redirectUri}**`, (route) => route.fulfill({ body: 'back' }))
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
  const back = async (page: Page): Promise<URLSearchParams> => {
    await page.waitForURL(`${redirectUri}**`)
    return new URL(page.url()).searchParams
  }

  it('an open page goes on by itself once another tab has signed in', async () => {
    const context = await visitor()
    const first = await openLogin(context, 'web', { state: 'first' })
    const second = await openLogin(context, 'web', { state: 'second' })
    await first.bringToFront()
    await signIn(first, 'alice')
    const one = await back(first)
    await second.bringToFront()
    const two = await back(second)
    expect([one.get('state'), two.get('state')]).toEqual(['first', 'second'])
    expect(two.get('session_state')).toBe(one.get('session_state'))
    expect(two.get('code')).toBeTruthy()
  })

  it('a page that asks again although one is signed in stays', async () => {
    const context = await visitor()
    const first = await openLogin(context, 'web')
    await signIn(first, 'bob')
    await back(first)
    const again = await openLogin(context, 'web', { prompt: 'login' })
    await again.waitForTimeout(2_500)
    expect(await again.getByLabel('Password', { exact: true }).isVisible()).toBe(true)
  })

  it('the consent page names client and scopes, and takes yes and no', async () => {
    const context = await visitor()
    const refused = await openLogin(context, 'consent-app', { state: 'no' })
    await signIn(refused, 'carol')
    await refused.getByText('Grant Access to').waitFor()
    expect(await refused.locator('#kc-oauth li').allTextContents()).not.toEqual([])
    await refused.getByRole('button', { name: 'No' }).click()
    const answer = await back(refused)
    expect(answer.get('error')).toBe('access_denied')
    expect(answer.get('state')).toBe('no')
    const granted = await openLogin(context, 'consent-app', { state: 'yes' })
    await signIn(granted, 'carol')
    await granted.getByRole('button', { name: 'Yes' }).click()
    expect((await back(granted)).get('code')).toBeTruthy()
  })

  it('meets no script error and no broken rule of the content security policy', () => {
    expect(failures).toEqual([])
  })
})
