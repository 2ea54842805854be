import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { demoPassword } from '../harness/demo-realm.ts'
import { authorizationUrl } from '../harness/login.ts'
import { type StaticSite, serveSite } from '../harness/static-site.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const runnable = await hasChromium('tests of the login pages in a real browser')
const stepTimeoutMs = 15_000
/** Tab presses after which a keyboard user has seen every control of the login page. */
const tabsMax = 12

describe.skipIf(!runnable)('the login page in Chromium', () => {
  let server: TestServer
  let site: StaticSite
  let browser: Browser
  beforeAll(async () => {
    server = await startTestServer()
    site = await serveSite({ '/cb': 'signed in' })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await site?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const loginUrl = (): string =>
    authorizationUrl({
      realmUrl: server.realmUrl('demo'),
      clientId: 'app',
      redirectUri: `${site.url}/cb`,
    }).href
  const open = async (options: { javaScriptEnabled?: boolean } = {}): Promise<Page> => {
    const page = await (await browser.newContext(options)).newPage()
    page.setDefaultTimeout(stepTimeoutMs)
    await page.goto(loginUrl())
    return page
  }
  const arrived = (page: Page): Promise<void> =>
    page.waitForURL((url) => url.origin === site.url && url.searchParams.has('code'))

  it('signs in without JavaScript', async () => {
    const page = await open({ javaScriptEnabled: false })
    await page.getByLabel('Username or email').fill('person-6')
    await page.getByLabel('Password', { exact: true }).fill(demoPassword('person-6'))
    await page.getByRole('button', { name: 'Sign In' }).click()
    await arrived(page)
  })

  it('signs in with the keyboard alone', async () => {
    const page = await open()
    await focusOn(page, 'username')
    await page.keyboard.type('person-7')
    await focusOn(page, 'password')
    await page.keyboard.type(demoPassword('person-7'))
    await page.keyboard.press('Enter')
    await arrived(page)
  })

  it('names its language, its title, its landmarks and every control', async () => {
    const page = await open()
    expect(await page.getAttribute('html', 'lang')).toBe('en')
    expect(await page.title()).not.toBe('')
    expect(await page.locator('h1').count()).toBe(1)
    expect(await page.getByRole('main').count()).toBe(1)
    expect(await unnamedControls(page)).toEqual([])
  })

  it('says what is wrong where a screen reader finds it', async () => {
    const page = await open()
    await page.getByLabel('Username or email').fill('person-8')
    await page.getByLabel('Password', { exact: true }).fill('wrong')
    await page.getByRole('button', { name: 'Sign In' }).click()
    const username = page.getByLabel('Username or email')
    await username.waitFor()
    expect(await username.getAttribute('aria-invalid')).toBe('true')
    await page.getByText('Invalid username or password.').first().waitFor()
    expect(await page.locator('[aria-live], [role=alert]').count()).toBeGreaterThan(0)
  })

  it('fits a telephone', async () => {
    const page = await open()
    await page.setViewportSize({ width: 320, height: 640 })
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wide).toBeLessThanOrEqual(320)
  })

  it('loads nothing from elsewhere and breaks no content security policy', async () => {
    const page = await (await browser.newContext()).newPage()
    const outside: string[] = []
    const errors: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) outside.push(request.url())
    })
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.goto(loginUrl())
    await page.waitForLoadState('networkidle')
    expect([...outside, ...errors]).toEqual([])
  })
})

/** Presses Tab until the control of that name has the focus, as somebody without a mouse does. */
async function focusOn(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < tabsMax; presses++) {
    const focused = await page.evaluate(() => document.activeElement?.getAttribute('name'))
    if (focused === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never reaches ${name}`)
}

/** Visible controls and links without an accessible name. */
function unnamedControls(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('input:not([type=hidden]), button, select, a')]
      .filter((element) => element.offsetParent !== null)
      .filter((element) => {
        const labels = (element as HTMLInputElement).labels
        const name =
          element.getAttribute('aria-label') ??
          element.getAttribute('aria-labelledby') ??
          element.getAttribute('title') ??
          (labels !== null && labels !== undefined && labels.length > 0
            ? labels[0]?.textContent
            : null) ??
          (element.textContent === '' ? (element as HTMLInputElement).value : element.textContent)
        return (name ?? '').trim() === ''
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  )
}
