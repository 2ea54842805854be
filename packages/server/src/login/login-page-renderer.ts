import type { Client } from '../domains/clients/client.ts'
import type { ConsentItem } from '../domains/flows/consents/consents.ts'
import type { Challenge } from '../domains/flows/engine/flow-run.ts'
import type { LoginPage, PageNote } from '../domains/flows/engine/login-page.ts'
import type { ClientAnswer } from '../domains/flows/login-protocol.ts'
import { loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { Realm } from '../domains/realms/realm.ts'
import { shownDetails } from '../domains/tokens/authorization-details.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { InfoModel, UsernameKind } from '../pages/login/login-models.ts'
import { renderConsent } from '../pages/login/render-consent.ts'
import { renderError } from '../pages/login/render-error.ts'
import { renderFormPost } from '../pages/login/render-form-post.ts'
import { renderInfo } from '../pages/login/render-info.ts'
import { renderPageExpired } from '../pages/login/render-page-expired.ts'
import { type PageSurroundings, renderLoginPage } from '../pages/login-pages.ts'
import { chooseLocale } from '../pages/messages/choose-locale.ts'
import type { PageContext } from '../pages/page-context.ts'
import { pageHeaders } from '../pages/page-headers.ts'
import type { Pages } from '../pages/pages.ts'
import type { LoginAction, LoginAddresses } from './login-addresses.ts'
import { cookieNames, rememberedUsername } from './login-cookies.ts'
import type { LoginTab } from './login-tab.ts'
import type { LoginVisit } from './login-visit.ts'

/** What a page says of a link of a mail. */
export interface LinkNotice {
  readonly message: PageNote
  /** Where it differs from the message. */
  readonly heading?: PageNote
  /** Aliases, behind the message. */
  readonly requiredActions?: readonly string[]
  /** Where to go on. */
  readonly actionUrl?: string
  /** Where the application wants its user back. */
  readonly redirectUrl?: string
}

/** Turns what the flow wants to show into an answer. */
export class LoginPageRenderer {
  readonly #pages: Pages

  constructor(deps: { readonly pages: Pages }) {
    this.#pages = deps.pages
  }

  /** The language of this visitor. */
  localeOf(visit: LoginVisit, tab?: LoginTab): string {
    const { realm, browser } = visit
    return chooseLocale(realm.settings, {
      kcLocale: browser.query.get('kc_locale') ?? tab?.state.notes[loginNotes.locale],
      userLocale: tab?.user?.attributes['locale']?.[0],
      uiLocales: tab?.state.request.uiLocales ?? undefined,
      cookieLocale: browser.cookies.get(cookieNames.locale),
      acceptLanguage: browser.acceptLanguage,
    })
  }

  /** What a step wants. @param message replaces what the step says when it says nothing */
  async challenge(
    tab: LoginTab,
    addresses: LoginAddresses,
    challenge: Challenge,
    message: LoginPage['message'],
  ): Promise<BrowserAnswer> {
    const { shows, execution } = challenge
    if (shows.kind === 'redirect') return this.toClient(tab.visit, shows)
    const { page, authenticate } = shows
    const context = this.#context(tab, addresses, addresses.purpose, execution.id)
    const around = {
      ...surroundings(tab, addresses),
      action: addresses.form(addresses.purpose, execution.id),
      tryAnotherWay: challenge.tryAnotherWay,
      ...(message === undefined ? {} : { message }),
    }
    const body = await renderLoginPage(context, page, around)
    const shown = answer(tab.visit, authenticate === undefined ? 200 : 401, body, context.locale)
    if (authenticate === undefined) return shown
    return { ...shown, headers: { ...shown.headers, 'www-authenticate': authenticate } }
  }

  async requiredAction(
    tab: LoginTab,
    addresses: LoginAddresses,
    alias: string,
    page: LoginPage,
    options: { readonly cancellable: boolean; readonly warningKey: string | undefined },
  ): Promise<BrowserAnswer> {
    const context = this.#context(tab, addresses, 'required-action', alias)
    const { cancellable, warningKey } = options
    const warned = page.fieldErrors === undefined && warningKey !== undefined
    const body = await renderLoginPage(context, page, {
      ...surroundings(tab, addresses),
      attemptedUser: undefined,
      action: addresses.form('required-action', alias),
      cancellable,
      clientUrl: clientUrlOf(tab.visit, tab.client),
      awaitedUrl: addresses.page('awaited', alias),
      continueUrl: addresses.page('required-action', alias),
      ...(warned ? { message: { kind: 'warning', key: warningKey } as const } : {}),
    })
    return answer(tab.visit, 200, body, context.locale)
  }

  consent(
    tab: LoginTab,
    addresses: LoginAddresses,
    code: string,
    scopes: readonly ConsentItem[],
  ): BrowserAnswer {
    const context = this.#context(tab, addresses, 'required-action', 'OAUTH_GRANT')
    const { representation, clientId } = tab.client
    const attributes = representation.attributes ?? {}
    const html = renderConsent(context, {
      action: addresses.path('consent'),
      code,
      clientName: representation.name || clientId,
      clientLogoUrl: attributes['logoUri'] || undefined,
      clientPolicyUrl: attributes['policyUri'] || undefined,
      clientTermsUrl: attributes['tosUri'] || undefined,
      scopes: scopes.map(({ text }) => ({ text })),
      details: shownDetails(tab.state.request.parameters['authorization_details']),
      bindingMessage: tab.state.request.parameters['binding_message'],
    })
    return answer(tab.visit, 200, html, context.locale)
  }

  pageExpired(tab: LoginTab, addresses: LoginAddresses): BrowserAnswer {
    const context = this.#context(tab, addresses, 'authenticate', '')
    const html = renderPageExpired(context, {
      restartUrl: addresses.restart(false),
      continueUrl: addresses.resume(),
    })
    return answer(tab.visit, 200, html, context.locale)
  }

  /** Sends the browser back to the client: by redirect, or by a form that posts itself. */
  toClient(visit: LoginVisit, to: ClientAnswer): BrowserAnswer {
    const { realm, browser, cookies } = visit
    if (to.kind === 'redirect') {
      const headers = browser.method === 'POST' ? pageHeaders(realm) : {}
      return {
        status: 302,
        headers: { ...headers, location: to.location },
        cookies: cookies.values,
      }
    }
    const locale = this.localeOf(visit)
    const context = this.#pages.context({ realm, serverUrl: browser.frontendUrl, locale })
    const html = renderFormPost(context, to)
    // The type without a charset, as Keycloak sends this one page.
    const headers = { ...pageHeaders(realm), 'content-type': 'text/html' }
    return { status: 200, headers, cookies: cookies.values, body: html }
  }

  /**
   * A page that says that something is done or already so.
   * @param detached it belongs to no tab, and is kept in a cookie: then its language can be changed
   */
  notice(
    visit: LoginVisit,
    client: Client | null,
    message: PageNote,
    detached = false,
  ): BrowserAnswer {
    const { context, locale, clientUrl } = this.#withoutTab(visit, client, detached)
    const html = renderInfo(context, { message, ...(clientUrl === undefined ? {} : { clientUrl }) })
    return answer(visit, 200, html, locale)
  }

  /** A page that says what a link of a mail has come to. */
  info(visit: LoginVisit, client: Client, info: LinkNotice): BrowserAnswer {
    const locale = this.localeOf(visit)
    const { realm, browser } = visit
    const serverUrl = browser.frontendUrl
    // Only a page that asks can be loaded again.
    const languages = info.actionUrl === undefined ? {} : { localeUrl: hereIn(visit) }
    const context = this.#pages.context({ realm, client, serverUrl, locale, ...languages })
    const { message, heading, requiredActions, actionUrl, redirectUrl } = info
    const header = { key: `${message.key}Header`, params: message.params ?? [] }
    const known = context.text(header.key) === header.key ? undefined : header
    const clientUrl = clientUrlOf(visit, client)
    const html = renderInfo(context, {
      message,
      requiredActions,
      actionUrl,
      pageRedirectUrl: redirectUrl,
      ...((heading ?? known) ? { heading: heading ?? known } : {}),
      ...(clientUrl === undefined ? {} : { clientUrl }),
    } as InfoModel)
    return answer(visit, 200, html, locale)
  }

  error(
    visit: LoginVisit,
    client: Client | null,
    status: number,
    message: PageNote,
    detached = false,
  ): BrowserAnswer {
    const { context, locale, clientUrl } = this.#withoutTab(visit, client, detached)
    const html = renderError(context, {
      message,
      ...(clientUrl === undefined ? {} : { clientUrl }),
    })
    return answer(visit, status, html, locale)
  }

  /** What a page that belongs to no tab is drawn with. */
  #withoutTab(visit: LoginVisit, client: Client | null, detached: boolean) {
    const locale = this.localeOf(visit)
    const localeUrl = (tag: string) => detachedUrl(visit, tag)
    const languages = detached ? { localeUrl } : {}
    const { realm, browser } = visit
    const serverUrl = browser.frontendUrl
    const context = this.#pages.context({ realm, client, serverUrl, locale, ...languages })
    return { context, locale, clientUrl: clientUrlOf(visit, client) }
  }

  /** For addresses of a realm that does not exist. */
  unknownRealm(serverUrl: string): BrowserAnswer {
    const context = this.#pages.context({ realm: null, serverUrl, inRealm: false })
    const body = renderError(context, { message: { key: 'pageNotFound' }, untitled: true })
    return { status: 404, headers: {}, cookies: [], mayBeStored: true, body }
  }

  #context(
    tab: LoginTab,
    addresses: LoginAddresses,
    action: LoginAction,
    execution: string,
  ): PageContext {
    return this.#pages.context({
      realm: tab.visit.realm,
      client: tab.client,
      serverUrl: tab.visit.browser.frontendUrl,
      locale: this.localeOf(tab.visit, tab),
      localeUrl: (tag) => addresses.inLocale(action, execution, tag),
      signedInElsewhereUrl: addresses.restart(true),
    })
  }
}

/** What is the same for all pages of a tab. */
function surroundings(tab: LoginTab, addresses: LoginAddresses): Omit<PageSurroundings, 'action'> {
  const { settings } = tab.visit.realm
  const username = tab.state.attemptedUsername ?? tab.user?.username
  return {
    usernameKind: usernameKindOf(settings),
    loginUrl: addresses.start(),
    ...(username === undefined
      ? {}
      : { attemptedUser: { username, restartUrl: addresses.restart(false) } }),
    ...(settings.rememberMe ? { rememberMe: isRemembered(tab) } : {}),
    ...(tab.offers.registration ? { registrationUrl: addresses.path('registration') } : {}),
    ...(tab.offers.resetCredentials
      ? { resetPasswordUrl: addresses.path('reset-credentials') }
      : {}),
  }
}

function usernameKindOf(settings: Realm['settings']): UsernameKind {
  if (!settings.loginWithEmailAllowed) return 'username'
  return settings.registrationEmailAsUsername ? 'email' : 'usernameOrEmail'
}

/** Whether the box is checked: as it was sent, or as the user wanted it before. */
function isRemembered({ visit, state }: LoginTab): boolean {
  const { form, cookies } = visit.browser
  if (form.has('username')) return form.get('rememberMe') === 'on'
  const wanted = state.notes[loginNotes.rememberMe]
  return wanted === undefined ? rememberedUsername(cookies) !== null : wanted === 'true'
}

/** The client's home page, for the link back. */
function clientUrlOf({ browser }: LoginVisit, client: Client | null): string | undefined {
  const { baseUrl, rootUrl } = client?.representation ?? {}
  if (!baseUrl) return undefined
  if (/^https?:/i.test(baseUrl)) return baseUrl
  const root = (rootUrl ?? '').replace(/^\$\{auth(?:Base|Admin)Url\}/, browser.frontendUrl)
  return `${root}${baseUrl}`
}

/** Where the same page is shown in another language, by the cookie that keeps it. */
function detachedUrl({ browser, realm }: LoginVisit, tag: string): string {
  const path = new URL(browser.frontendUrl).pathname.replace(/\/$/, '')
  const query = new URLSearchParams({ kc_locale: tag })
  return `${path}/realms/${encodeURIComponent(realm.name)}/login-actions/detached-info?${query}`
}

/** Where the page of a link is shown in another language. */
function hereIn({ browser }: LoginVisit): (tag: string) => string {
  return (tag) => {
    const url = new URL(browser.url, browser.frontendUrl)
    url.searchParams.set('kc_locale', tag)
    return `${url.pathname}${url.search}`
  }
}

function answer(visit: LoginVisit, status: number, body: string, locale: string): BrowserAnswer {
  return {
    status,
    headers: { ...pageHeaders(visit.realm), 'content-language': locale },
    cookies: visit.cookies.values,
    body,
  }
}
