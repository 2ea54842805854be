import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const runnable = await hasChromium('tests of the admin console in a real browser')
const stepTimeoutMs = 20_000
const quietMs = 400

/** Pages of the menu and their tabs, below `#/{realm}`. */
const pages = [
  '',
  '/clients',
  '/clients/initial-access-token',
  '/clients/client-registration',
  '/clients/add-client',
  '/client-scopes',
  '/client-scopes/new',
  '/roles',
  '/roles/new',
  '/users',
  '/users/add-user',
  '/groups',
  '/sessions',
  '/events/user-events',
  '/events/admin-events',
  '/realm-settings/general',
  '/realm-settings/login',
  '/realm-settings/email',
  '/realm-settings/themes',
  '/realm-settings/keys/list',
  '/realm-settings/keys/providers',
  '/realm-settings/events',
  '/realm-settings/localization',
  '/realm-settings/security-defenses',
  '/realm-settings/user-registration',
  '/realm-settings/sessions',
  '/realm-settings/tokens',
  '/realm-settings/client-policies/profiles',
  '/realm-settings/client-policies/policies',
  '/realm-settings/user-profile/attributes',
  '/realm-settings/user-profile/attributes-group',
  '/authentication/flows',
  '/authentication/required-actions',
  '/authentication/policies',
  '/identity-providers',
  '/identity-providers/oidc/add',
  '/user-federation',
  '/user-federation/ldap/new',
  '/organizations',
]

describe.skipIf(!runnable)('the admin console in Chromium', () => {
  let server: TestServer
  let browser: Browser
  let page: Page
  let failures: string[] = []
  const pending = new Set<Request>()
  let lastRequestAt = 0

  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchChromium()
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    page.setDefaultTimeout(stepTimeoutMs)
    page.on('pageerror', (error) => failures.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') failures.push(message.text())
    })
    page.on('response', (response) => {
      if (response.status() >= 400) failures.push(`${response.status()} ${response.url()}`)
    })
    page.on('request', (request) => {
      pending.add(request)
      lastRequestAt = Date.now()
    })
    page.on('requestfinished', (request) => pending.delete(request))
    page.on('requestfailed', (request) => pending.delete(request))
    await page.goto(`${server.url}/admin/`)
    await page.locator('#username').fill(bootstrapAdmin.username)
    await page.locator('#password').fill(bootstrapAdmin.password)
    await page.locator('#kc-login').click()
    await page
      .locator('#nav-item-clients, [data-testid="nav-item-clients"], a[href$="/clients"]')
      .first()
      .waitFor()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const open = async (realm: string, path: string): Promise<void> => {
    // Each page begins anew, so that what one breaks is not counted against the next.
    await page.goto('about:blank')
    pending.clear()
    failures = []
    await page.goto(`${server.url}/admin/master/console/#/${realm}${path}`)
    await expect
      .poll(() => page.locator('main').textContent(), { timeout: stepTimeoutMs })
      .not.toBe('')
    await settled()
  }
  /** Waits until the page has asked for nothing for a while. */
  const settled = async (): Promise<void> => {
    const end = Date.now() + stepTimeoutMs
    while (Date.now() < end && (pending.size > 0 || Date.now() - lastRequestAt < quietMs)) {
      await page.waitForTimeout(50)
    }
    expect([...pending].map((request) => request.url())).toEqual([])
  }

  it.each(pages)('renders %s without an error', async (path) => {
    await open('acme', path)
    expect(failures).toEqual([])
    expect((await page.locator('main').textContent())?.length).toBeGreaterThan(20)
  })
})
