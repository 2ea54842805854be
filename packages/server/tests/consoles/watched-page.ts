import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core'
import { expect } from 'vitest'

const stepTimeoutMs = 20_000
const quietMs = 400

/**
 * Errors of the console itself, which it shows before any server: the field of a new password reads the event that React has
 * taken back by then.
 */
const ownErrors = [/TypeError: Cannot read properties of null \(reading 'value'\)/]

/** A page of a real browser that notes what goes wrong in it: errors of scripts, lines in its console, failed requests. */
export class WatchedPage {
  readonly page: Page
  readonly #pending = new Set<Request>()
  #failures: string[] = []
  #lastRequestAt = 0

  private constructor(page: Page) {
    this.page = page
  }

  /** Opens a page in a profile of its own. */
  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await browser.newContext({
      viewport: { width: 1500, height: 1000 },
      ...options,
    })
    const watched = new WatchedPage(await context.newPage())
    watched.#watch()
    return watched
  }

  /**
   * What went wrong since this was asked last.
   * @param known further failures that are the console's own
   */
  takeFailures(known: readonly RegExp[] = []): string[] {
    const own = [...ownErrors, ...known]
    const failures = this.#failures.filter((text) => !own.some((one) => one.test(text)))
    this.#failures = []
    return failures
  }

  /** Opens an address anew, so that what one page breaks is not counted against the next, and waits until it is drawn. */
  async visit(url: string): Promise<void> {
    await this.page.goto('about:blank')
    this.#pending.clear()
    this.#failures = []
    await this.page.goto(url)
    await this.page.locator('main').filter({ hasText: /\S/ }).first().waitFor()
    await this.settle()
  }

  /** Goes on to another page of the console without loading the console again, and waits until it is drawn. */
  async goOn(url: string): Promise<void> {
    await this.page.goto(url)
    await this.settle()
    await this.page.locator('main').filter({ hasText: /\S/ }).first().waitFor()
  }

  /** Waits until the page has asked for nothing for a while. */
  async settle(): Promise<void> {
    const end = Date.now() + stepTimeoutMs
    while (Date.now() < end && !this.#isQuiet()) await this.page.waitForTimeout(50)
    expect([...this.#pending].map((request) => request.url())).toEqual([])
  }

  /** Fills the form of the login page and sends it. */
  async signIn(username: string, password: string): Promise<void> {
    await this.page.locator('#username').fill(username)
    if (!(await this.page.locator('#password').isVisible())) {
      await this.page.locator('#kc-login').click()
    }
    await this.page.locator('#password').fill(password)
    await this.page.locator('#kc-login').click()
  }

  #isQuiet(): boolean {
    return this.#pending.size === 0 && Date.now() - this.#lastRequestAt >= quietMs
  }

  #watch(): void {
    const { page } = this
    page.setDefaultTimeout(stepTimeoutMs)
    page.on('pageerror', (error) => this.#failures.push(String(error)))
    page.on('console', (message) => {
      if (message.type() === 'error') this.#failures.push(message.text())
    })
    page.on('response', (response) => {
      if (response.status() < 400) return
      this.#failures.push(`${response.status()} ${response.request().method()} ${response.url()}`)
    })
    page.on('request', (request) => {
      this.#pending.add(request)
      this.#lastRequestAt = Date.now()
    })
    page.on('requestfinished', (request) => this.#pending.delete(request))
    page.on('requestfailed', (request) => this.#pending.delete(request))
  }
}
