import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminConsoleForms } from './admin-console-forms.ts'
import { menuPages, ownFailuresOf, tabsOf } from './admin-console-pages.ts'
import { WatchedPage } from './watched-page.ts'

const runnable = await hasChromium('tests of the admin console in a real browser')

describe.skipIf(!runnable)('the admin console in Chromium', () => {
  let server: TestServer
  let browser: Browser
  let watched: WatchedPage
  let forms: AdminConsoleForms

  beforeAll(async () => {
    server = await startTestServer()
    const admin = await AdminSession.open(server.url)
    // Where organizations are off, the console shows no page of them.
    const on = { method: 'PUT', body: { organizationsEnabled: true } }
    for (const realm of ['acme', 'master']) {
      expect((await admin.send(`/admin/realms/${realm}`, on)).status).toBe(204)
    }
    browser = await launchChromium()
    watched = await WatchedPage.open(browser)
    await watched.page.goto(`${server.url}/admin/`)
    await watched.signIn(bootstrapAdmin.username, bootstrapAdmin.password)
    await watched.page.locator('a[href$="/clients"]').first().waitFor()
    forms = new AdminConsoleForms(watched, `${server.url}/admin/master/console/`, 'bakery')
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  const reload = async (): Promise<void> => {
    await watched.page.reload()
    await watched.settle()
  }
  const shown = (text: string) => watched.page.getByText(text).first().waitFor()

  describe('makes', () => {
    it('a realm', async () => {
      await forms.makeRealm()
      expect(watched.takeFailures()).toEqual([])
      await watched.visit(`${server.url}/admin/master/console/#/master/realms`)
      await shown('bakery')
      expect(watched.takeFailures()).toEqual([])
    })

    it('a client with a mapper', async () => {
      await forms.makeClient('shop')
      await forms.makeMapper('shop', 'hello', 'world')
      expect(watched.takeFailures()).toEqual([])
      await forms.openMappers('shop')
      await watched.page.getByRole('link', { name: 'says hello' }).click()
      await expect.poll(() => watched.page.getByTestId('claim.value').inputValue()).toBe('world')
      expect(watched.takeFailures()).toEqual([])
    })

    it('a user with a password', async () => {
      await forms.makeUser('ada')
      await forms.setPassword('Secret-1')
      await reload()
      await shown('My password')
      expect(watched.takeFailures()).toEqual([])
    })

    it('a group and a realm role', async () => {
      await forms.makeGroup('bakers')
      await reload()
      await shown('bakers')
      await forms.makeRole('clerk')
      expect(watched.takeFailures()).toEqual([])
      await forms.open('/roles')
      await shown('clerk')
      expect(watched.takeFailures()).toEqual([])
    })

    it('a copy of a flow, with a step in another place', async () => {
      await forms.copyBrowserFlow('browser of ours')
      expect((await forms.steps()).slice(0, 2)).toEqual(['Cookie', 'Kerberos'])
      await forms.moveStep('Kerberos', 'Cookie')
      await reload()
      expect((await forms.steps()).slice(0, 2)).toEqual(['Kerberos', 'Cookie'])
      expect(watched.takeFailures()).toEqual([])
    })

    it('an identity provider', async () => {
      await forms.makeIdentityProvider('partner')
      await reload()
      await expect.poll(() => watched.page.getByTestId('config.clientId').inputValue()).toBe('us')
      expect(watched.takeFailures()).toEqual([])
    })

    it('an attribute of the user profile and a text', async () => {
      await forms.makeProfileAttribute('department')
      expect(watched.takeFailures()).toEqual([])
      await forms.open('/realm-settings/user-profile/attributes')
      await shown('department')
      await forms.makeText('doLogIn', 'Come in')
      expect(watched.takeFailures()).toEqual([])
      await forms.openTexts()
      await shown('Come in')
      expect(watched.takeFailures()).toEqual([])
    })
  })

  it('shows every tab of what it made', async () => {
    const admin = await AdminSession.open(server.url)
    const idOf = async (path: string): Promise<string> => {
      const { body } = await admin.send(`/admin/realms/bakery/${path}`)
      return (Array.isArray(body) ? body[0] : body).id
    }
    const tabs = tabsOf({
      client: await idOf('clients?clientId=shop'),
      user: await idOf('users?username=ada'),
      role: await idOf('roles/clerk'),
      group: await idOf('groups'),
    })
    for (const path of tabs) {
      await watched.goOn(`${server.url}/admin/master/console/#/bakery${path}`)
      expect(watched.takeFailures(), path).toEqual([])
    }
  })

  it('opens another realm', async () => {
    await watched.visit(`${server.url}/admin/master/console/#/acme`)
    expect(watched.takeFailures()).toEqual([])
  })

  it.each(menuPages)('renders %s without an error', async (path) => {
    await watched.goOn(`${server.url}/admin/master/console/#/acme${path}`)
    expect(watched.takeFailures(ownFailuresOf(path))).toEqual([])
    expect((await watched.page.locator('main').textContent())?.length).toBeGreaterThan(10)
  })
})
