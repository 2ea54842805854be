import { CookieJar } from './cookie-jar.ts'
import { type HtmlForm, headingsOf, pageIdOf, parseForms, textOf, titleOf } from './html-page.ts'
import { formBody, type HttpAnswer, HttpClient, type Transport } from './http-exchange.ts'

/** Redirects followed in one go before the browser gives up, as real ones do. */
const redirectsMax = 20

/** What the browser ended up with: an answer, where it came from, and the page in it. */
export class Page {
  readonly url: URL
  readonly answer: HttpAnswer

  constructor(url: URL, answer: HttpAnswer) {
    this.url = url
    this.answer = answer
  }

  get status(): number {
    return this.answer.status
  }
  get body(): string {
    return this.answer.body
  }
  get title(): string | null {
    return titleOf(this.body)
  }
  /** `login-login`, `login-error`, …; null outside the login pages. */
  get id(): string | null {
    return pageIdOf(this.body)
  }
  get headings(): [string, string][] {
    return headingsOf(this.body)
  }
  get text(): string {
    return textOf(this.body)
  }
  get forms(): HtmlForm[] {
    return parseForms(this.body)
  }
  /** Where the answer sends the browser; null when it does not. */
  get location(): URL | null {
    const location = this.answer.headers.location
    return location === undefined ? null : new URL(location, this.url)
  }
  /** The form of that id, or the first POST form when none is named. */
  form(id?: string): HtmlForm {
    const found = this.forms.find((form) =>
      id === undefined ? form.method === 'POST' : form.id === id,
    )
    if (found !== undefined) return found
    throw new Error(`no form ${id ?? ''} on ${this.describe()}`)
  }
  describe(): string {
    return `${this.status} ${this.url.href} [${this.id ?? this.title ?? ''}] ${this.text.slice(0, 300)}`
  }
}

/** How one navigation goes. */
export interface Navigation {
  /** False stops at the first answer, also when it is a redirect. */
  readonly follow?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * A browser without a screen and without JavaScript: cookies, redirects and forms.
 * It follows redirects while they stay at the origins it visited first; the redirect to a client's own address is
 * returned as a page with status 302 and a `location`.
 */
export class Browser {
  readonly cookies: CookieJar
  readonly #transport: Transport
  readonly #origins: Set<string>
  readonly #headers: Readonly<Record<string, string>>

  constructor(
    options: {
      readonly transport?: Transport
      readonly cookies?: CookieJar
      /** Further origins that belong to the server. */
      readonly origins?: readonly string[]
      readonly headers?: Readonly<Record<string, string>>
    } = {},
  ) {
    const client = new HttpClient()
    this.#transport = options.transport ?? ((request) => client.send(request))
    this.cookies = options.cookies ?? new CookieJar()
    this.#origins = new Set(options.origins)
    this.#headers = options.headers ?? {}
  }

  get(url: string | URL, navigation?: Navigation): Promise<Page> {
    const address = new URL(url)
    this.#origins.add(address.origin)
    return this.#navigate('GET', address, undefined, navigation)
  }

  post(
    url: string | URL,
    fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
    navigation?: Navigation,
  ): Promise<Page> {
    const address = new URL(url)
    this.#origins.add(address.origin)
    return this.#navigate('POST', address, formBody(fields).body, navigation)
  }

  /**
   * Fills a form of `page` and sends it.
   * @param values controls by name; a control that is not named keeps its value, a check box with '' is left out
   * @param button name of the submit button to press when the page has several
   */
  submit(
    page: Page,
    values: Readonly<Record<string, string>>,
    options: Navigation & { readonly form?: string; readonly button?: string } = {},
  ): Promise<Page> {
    const form = page.form(options.form)
    const fields = fieldsOf(form, values, options.button)
    const action = new URL(form.action === '' ? page.url : form.action, page.url)
    if (form.method === 'POST') {
      return this.#navigate('POST', action, formBody(fields).body, options)
    }
    action.search = formBody(fields).body
    return this.#navigate('GET', action, undefined, options)
  }

  /** Follows a link whose text or href matches. */
  click(page: Page, link: RegExp, navigation?: Navigation): Promise<Page> {
    for (const [, href, text] of page.body.matchAll(
      /<a\b[^>]*href="([^"]*)"[^>]*>([\s\S]*?)<\/a>/gi,
    )) {
      const address = textOf(href ?? '')
      if (link.test(address) || link.test(textOf(text ?? ''))) {
        return this.#navigate('GET', new URL(address, page.url), undefined, navigation)
      }
    }
    throw new Error(`no link ${link} on ${page.describe()}`)
  }

  async #navigate(
    method: string,
    url: URL,
    body: string | undefined,
    navigation: Navigation | undefined,
  ): Promise<Page> {
    let page = await this.#send(method, url, body, navigation)
    for (let redirects = 0; redirects < redirectsMax; redirects++) {
      const next = page.location
      if (next === null || page.status < 300 || page.status > 399) return page
      if (navigation?.follow === false || !this.#origins.has(next.origin)) return page
      page = await this.#send('GET', next, undefined, navigation)
    }
    throw new Error(`more than ${redirectsMax} redirects, last at ${page.url.href}`)
  }

  async #send(
    method: string,
    url: URL,
    body: string | undefined,
    navigation: Navigation | undefined,
  ): Promise<Page> {
    const cookie = this.cookies.header(url)
    const answer = await this.#transport({
      method,
      url: url.href,
      headers: {
        accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
        ...(cookie === null ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...this.#headers,
        ...navigation?.headers,
      },
      ...(body === undefined ? {} : { body }),
    })
    this.cookies.store(url, answer.setCookies)
    return new Page(url, answer)
  }
}

function fieldsOf(
  form: HtmlForm,
  values: Readonly<Record<string, string>>,
  button: string | undefined,
): [string, string][] {
  const fields: [string, string][] = []
  const given = new Map(Object.entries(values))
  for (const control of form.controls) {
    if (control.name === '') continue
    const value = given.get(control.name)
    given.delete(control.name)
    if (value !== undefined) {
      if (value !== '' || control.type !== 'checkbox') fields.push([control.name, value])
    } else if (isSentUntouched(control.type, control.checked) || control.name === button) {
      fields.push([control.name, control.value])
    }
  }
  for (const [name, value] of given) fields.push([name, value])
  return fields
}

function isSentUntouched(type: string, checked: boolean): boolean {
  if (type === 'checkbox' || type === 'radio') return checked
  return !['submit', 'button', 'image', 'reset', 'file'].includes(type)
}
