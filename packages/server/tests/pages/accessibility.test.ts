import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const runnable = await hasChromium('tests of what screen readers and tired eyes find on pages')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** All that axe knows of one page; what colours do is asked again in the dark. */
const timeoutMs = 240_000

describe.skipIf(!runnable)('every page of a login', () => {
  let server: TestServer
  let browser: Browser
  let paths: string[]
  beforeAll(async () => {
    server = await startTestServer()
    browser = await launchChromium()
    const overview = await (await fetch(`${server.url}/theme-preview`)).text()
    const links = [...overview.matchAll(/href="(\/theme-preview\/[^"?]+)[^"]*"/g)]
    paths = [...new Set(links.map(([, path = '']) => path))]
  })
  afterAll(async () => {
    await browser?.close()
    await server?.[Symbol.asyncDispose]()
  })

  /** What is serious or worse, with the first place of each. */
  const faultsOf = async (page: Page, rules?: readonly string[]): Promise<string[]> => {
    const { violations } = await page.evaluate(async (only): Promise<AxeResults> => {
      const { axe: checker } = window as unknown as { axe: typeof import('axe-core') }
      // Samples belong to no realm, of which the title would tell.
      const rules = { 'document-title': { enabled: false } }
      return await checker.run(only === undefined ? { rules } : { runOnly: [...only] })
    }, rules)
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)
  }
  const check = async (locale: string): Promise<Record<string, string[]>> => {
    // Colours that are on their way to others say nothing.
    const context = await browser.newContext({ bypassCSP: true, reducedMotion: 'reduce' })
    await context.addInitScript(axe)
    const page = await context.newPage()
    const faults: Record<string, string[]> = {}
    for (const path of paths) {
      await page.emulateMedia({ colorScheme: 'light' })
      await page.goto(`${server.url}${path}?kc_locale=${locale}`)
      const light = await faultsOf(page)
      await page.emulateMedia({ colorScheme: 'dark' })
      const dark = await faultsOf(page, ['color-contrast'])
      const found = [...light, ...dark.map((fault) => `dark ${fault}`)]
      if (found.length > 0) faults[path] = found
    }
    if (locale === 'ar') expect(await page.getAttribute('html', 'dir')).toBe('rtl')
    await context.close()
    return faults
  }

  it('has no serious fault, in the light and in the dark', { timeout: timeoutMs }, async () => {
    expect(paths.length).toBeGreaterThan(25)
    expect(await check('en')).toEqual({})
  })

  it('has none from right to left', { timeout: timeoutMs }, async () => {
    expect(await check('ar')).toEqual({})
  })
})
