import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { demoPassword } from '../harness/demo-realm.ts'
import { type StaticSite, serveSite } from '../harness/static-site.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const runnable = await hasChromium('tests of keycloak-js in a single-page application')
const stepTimeoutMs = 15_000
/** keycloak-js asks the login iframe every five seconds. */
const iframeTimeoutMs = 20_000

describe.skipIf(!runnable)('keycloak-js in Chromium', () => {
  let server: TestServer
  let site: StaticSite
  let browser: Browser
  let context: BrowserContext
  let page: Page
  const failures: string[] = []

  beforeAll(async () => {
    server = await startTestServer()
    site = await serveSite(spa(server.url.replace('127.0.0.1', 'localhost')))
    browser = await launchChromium()
    context = await browser.newContext()
    page = await context.newPage()
    page.setDefaultTimeout(stepTimeoutMs)
    page.on('pageerror', (error) => failures.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') failures.push(message.text())
    })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })

  const state = async (tab = page): Promise<string> => {
    await tab.waitForSelector('#state:not(:empty)')
    return (await tab.textContent('#state')) ?? ''
  }

  it('finds nobody signed in', async () => {
    await page.goto(site.url)
    expect(await state()).toBe('anonymous')
  })

  it('signs in on the login page', async () => {
    await page.click('#login')
    await page.getByLabel('Username or email').fill('person-5')
    await page.getByLabel('Password', { exact: true }).fill(demoPassword('person-5'))
    await page.getByRole('button', { name: 'Sign In' }).click()
    await page.waitForURL((url) => url.origin === site.url)
    expect(await state()).toBe('person-5')
  })

  it('refreshes its tokens', async () => {
    const [refreshed, changed] = await page.evaluate(async () => {
      const keycloak = (window as unknown as { keycloak: Keycloak }).keycloak
      const before = keycloak.token
      return [await keycloak.updateToken(-1), keycloak.token !== before]
    })
    expect([refreshed, changed]).toEqual([true, true])
  })

  it('loads the profile of the user', async () => {
    const profile = await page.evaluate(async () => {
      const keycloak = (window as unknown as { keycloak: Keycloak }).keycloak
      return keycloak.loadUserInfo()
    })
    expect(profile).toMatchObject({ preferred_username: 'person-5' })
  })

  it('is signed in again after a reload, without a page', async () => {
    await page.goto(site.url)
    expect(await state()).toBe('person-5')
  })

  it('notices through the login iframe that another tab signed out', async () => {
    const other = await context.newPage()
    await other.goto(site.url)
    expect(await state(other)).toBe('person-5')
    await other.click('#logout')
    await other.waitForURL((url) => url.origin === site.url)
    expect(await state(other)).toBe('anonymous')
    await other.close()
    await page.bringToFront()
    await page.waitForSelector('#events:has-text("logout")', { timeout: iframeTimeoutMs })
  })

  it('met no script error', () => {
    expect(failures).toEqual([])
  })
})

interface Keycloak {
  readonly token: string
  updateToken(seconds: number): Promise<boolean>
  loadUserInfo(): Promise<Record<string, unknown>>
}

/** The smallest application that keycloak-js signs somebody in to. */
function spa(serverUrl: string): Record<string, string> {
  const library = createRequire(import.meta.url).resolve('keycloak-js')
  return {
    '/keycloak.js': readFileSync(library, 'utf8'),
    '/silent.html': '<script>parent.postMessage(location.href, location.origin)</script>',
    '/favicon.ico': '',
    '/': `<!doctype html><title>Application</title>
<p id="state"></p><p id="events"></p>
<button id="login">Sign in</button><button id="logout">Sign out</button>
<script type="module">
import Keycloak from '/keycloak.js'
const keycloak = new Keycloak({ url: '${serverUrl}', realm: 'demo', clientId: 'spa' })
window.keycloak = keycloak
keycloak.onAuthLogout = () => { document.getElementById('events').textContent = 'logout' }
document.getElementById('login').onclick = () => keycloak.login()
document.getElementById('logout').onclick = () => keycloak.logout({ redirectUri: location.origin + '/' })
const signedIn = await keycloak.init({
  onLoad: 'check-sso',
  silentCheckSsoRedirectUri: location.origin + '/silent.html',
  pkceMethod: 'S256',
})
document.getElementById('state').textContent = signedIn ? keycloak.tokenParsed.preferred_username : 'anonymous'
</script>`,
  }
}
