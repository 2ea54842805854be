import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { menuPages, ownFailuresOf } from './admin-console-pages.ts'
import { WatchedPage } from './watched-page.ts'

/** Walks long: `HOLDFAST_CONSOLE_WALK=1` asks for it. */
const wanted = process.env['HOLDFAST_CONSOLE_WALK'] !== undefined
const runnable = wanted && (await hasChromium('walks through the admin console'))

/** In the language and the colours that were asked for. */
const variants: readonly (readonly [string, BrowserContextOptions, string])[] = [
  ['in the dark', { colorScheme: 'dark' }, 'en'],
  ['from right to left', { locale: 'ar' }, 'ar'],
]

describe.skipIf(!runnable)('the admin console below a path of its own', () => {
  let server: TestServer
  let browser: Browser
  let origin: string

  beforeAll(async () => {
    server = await startTestServer({
      options: ['--http-relative-path=/auth', '--http-management-relative-path=/'],
    })
    origin = `${new URL(server.url).origin}/auth`
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  /** The administrator reads another language. */
  const speak = async (language: string): Promise<void> => {
    const admin = await AdminSession.open(origin)
    const put = async (path: string, body: unknown) => {
      const { status } = await admin.send(path, { method: 'PUT', body })
      expect(status).toBe(204)
    }
    await put('/admin/realms/master', {
      internationalizationEnabled: true,
      supportedLocales: ['en', 'ar'],
    })
    const { body } = await admin.send('/admin/realms/master/users?username=admin')
    const [user] = body as { id: string; attributes?: object }[]
    await put(`/admin/realms/master/users/${user?.id}`, {
      ...user,
      attributes: { ...user?.attributes, locale: [language] },
    })
  }

  it.each(variants)('renders every page %s', { timeout: 600_000 }, async (_, options, language) => {
    await speak(language)
    const watched = await WatchedPage.open(browser, options)
    await watched.page.goto(`${origin}/admin/`)
    await watched.signIn(bootstrapAdmin.username, bootstrapAdmin.password)
    await watched.page.locator('a[href$="/clients"]').first().waitFor()
    const html = watched.page.locator('html')
    const isDark = await html.evaluate((root) => root.classList.contains('pf-v5-theme-dark'))
    expect(isDark).toBe(options.colorScheme === 'dark')
    expect((await html.getAttribute('dir')) ?? 'ltr').toBe(language === 'ar' ? 'rtl' : 'ltr')
    for (const path of menuPages) {
      await watched.goOn(`${origin}/admin/master/console/#/acme${path}`)
      expect(watched.takeFailures(ownFailuresOf(path)), path).toEqual([])
    }
    await watched.page.context().close()
  })
})
