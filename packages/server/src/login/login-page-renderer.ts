import { toDataURL } from 'qrcode'
import type { Client } from '../domains/clients/client.ts'
import { policyOf, secretBase32 } from '../domains/credentials/otp/otp-credentials.ts'
import type { ConsentItem } from '../domains/flows/consents/consents.ts'
import type { Challenge } from '../domains/flows/engine/flow-run.ts'
import type { LoginPage, LoginPageNotes, PageNote } from '../domains/flows/engine/login-page.ts'
import type { ClientAnswer } from '../domains/flows/login-protocol.ts'
import { loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { ActionPage } from '../domains/flows/required-actions/required-action.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import { renderConsent } from '../pages/login/render-consent.ts'
import { renderError } from '../pages/login/render-error.ts'
import { renderFormPost } from '../pages/login/render-form-post.ts'
import { renderInfo } from '../pages/login/render-info.ts'
import { renderLogin } from '../pages/login/render-login.ts'
import { renderLoginOtp } from '../pages/login/render-login-otp.ts'
import { renderLoginPassword } from '../pages/login/render-login-password.ts'
import { renderLoginUsername } from '../pages/login/render-login-username.ts'
import { renderPageExpired } from '../pages/login/render-page-expired.ts'
import { renderRecoveryCode } from '../pages/login/render-recovery-code.ts'
import { renderSelectAuthenticator } from '../pages/login/render-select-authenticator.ts'
import { renderSelectOrganization } from '../pages/login/render-select-organization.ts'
import { chooseLocale } from '../pages/messages/choose-locale.ts'
import type { FlowPageModel, PageContext } from '../pages/page-context.ts'
import { pageHeaders } from '../pages/page-headers.ts'
import type { Pages } from '../pages/pages.ts'
import { renderConfigTotp } from '../pages/required-actions/render-config-totp.ts'
import { renderTerms } from '../pages/required-actions/render-terms.ts'
import { renderUpdatePassword } from '../pages/required-actions/render-update-password.ts'
import { renderUpdateProfile } from '../pages/required-actions/render-update-profile.ts'
import type { LoginAction, LoginAddresses } from './login-addresses.ts'
import { cookieNames, rememberedUsername } from './login-cookies.ts'
import type { LoginTab } from './login-tab.ts'
import type { LoginVisit } from './login-visit.ts'

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

  /** The page of a step. @param message replaces what the step says when it says nothing */
  challenge(
    tab: LoginTab,
    addresses: LoginAddresses,
    challenge: Challenge,
    message: LoginPage['message'],
  ): BrowserAnswer {
    const { page, execution } = challenge
    const context = this.#context(tab, addresses, 'authenticate', execution.id)
    const model = {
      action: addresses.form('authenticate', execution.id),
      tryAnotherWay: challenge.tryAnotherWay,
      ...notesOf(page),
      ...(page.message === undefined && message !== undefined ? { message } : {}),
    }
    return answer(tab.visit, 200, stepHtml(context, tab, addresses, page, model), context.locale)
  }

  async requiredAction(
    tab: LoginTab,
    addresses: LoginAddresses,
    alias: string,
    page: ActionPage,
    options: { readonly cancellable: boolean; readonly warningKey: string | undefined },
  ): Promise<BrowserAnswer> {
    const context = this.#context(tab, addresses, 'required-action', alias)
    const { cancellable, warningKey } = options
    const warning =
      page.message === undefined && page.fieldErrors === undefined && warningKey !== undefined
        ? { message: { kind: 'warning', key: warningKey } as const }
        : {}
    const action = addresses.form('required-action', alias)
    const model = { action, cancellable, ...warning, ...notesOf(page) }
    const html = await actionHtml(context, tab.visit.realm, page, model)
    return answer(tab.visit, 200, html, context.locale)
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
    const context = this.#pages.context({ realm, locale })
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
    const locale = this.localeOf(visit)
    const localeUrl = (tag: string) => detachedUrl(visit, tag)
    const languages = detached ? { localeUrl } : {}
    const context = this.#pages.context({ realm: visit.realm, locale, ...languages })
    const clientUrl = clientUrlOf(visit, client)
    const html = renderInfo(context, { message, ...(clientUrl === undefined ? {} : { clientUrl }) })
    return answer(visit, 200, html, locale)
  }

  error(
    visit: LoginVisit,
    client: Client | null,
    status: number,
    message: PageNote,
    detached = false,
  ): BrowserAnswer {
    const locale = this.localeOf(visit)
    const localeUrl = (tag: string) => detachedUrl(visit, tag)
    const languages = detached ? { localeUrl } : {}
    const context = this.#pages.context({ realm: visit.realm, locale, ...languages })
    const clientUrl = clientUrlOf(visit, client)
    const html = renderError(context, {
      message,
      ...(clientUrl === undefined ? {} : { clientUrl }),
    })
    return answer(visit, status, html, locale)
  }

  /** For addresses of a realm that does not exist. */
  unknownRealm(): BrowserAnswer {
    const context = this.#pages.context({ realm: null, inRealm: false })
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
      locale: this.localeOf(tab.visit, tab),
      localeUrl: (tag) => addresses.inLocale(action, execution, tag),
      signedInElsewhereUrl: addresses.restart(true),
    })
  }
}

function stepHtml(
  context: PageContext,
  tab: LoginTab,
  addresses: LoginAddresses,
  page: LoginPage,
  model: FlowPageModel,
): string {
  const { settings } = tab.visit.realm
  const username = tab.state.attemptedUsername ?? tab.user?.username
  const attempted =
    username === undefined
      ? {}
      : { attemptedUser: { username, restartUrl: addresses.restart(false) } }
  const usernameKind = settings.loginWithEmailAllowed
    ? settings.registrationEmailAsUsername
      ? ('email' as const)
      : ('usernameOrEmail' as const)
    : ('username' as const)
  const links = {
    usernameKind,
    ...(settings.rememberMe ? { rememberMe: isRemembered(tab) } : {}),
  }
  switch (page.page) {
    case 'login':
      return page.userKnown
        ? renderLogin(context, {
            ...model,
            ...attempted,
            username: page.username,
            usernameKind,
          })
        : renderLogin(context, { ...model, ...links, username: page.username })
    case 'username':
      return renderLoginUsername(context, { ...model, ...links, username: page.username })
    case 'password':
      return renderLoginPassword(context, { ...model, ...attempted })
    case 'otp':
      return renderLoginOtp(context, {
        ...model,
        ...attempted,
        devices: page.devices,
        selectedCredentialId: page.selectedCredentialId,
      })
    case 'recovery-code':
      return renderRecoveryCode(context, { ...model, ...attempted, codeNumber: page.codeNumber })
    case 'select-authenticator':
      return renderSelectAuthenticator(context, { ...model, ...attempted, choices: page.choices })
    case 'select-organization':
      return renderSelectOrganization(context, {
        ...model,
        ...attempted,
        organizations: page.organizations,
      })
  }
}

async function actionHtml(
  context: PageContext,
  realm: Realm,
  page: ActionPage,
  model: FlowPageModel & { readonly cancellable: boolean },
): Promise<string> {
  switch (page.page) {
    case 'update-password':
      return renderUpdatePassword(context, { ...model, logoutSessions: page.logoutSessions })
    case 'update-profile':
      return renderUpdateProfile(context, { ...model, fields: page.fields })
    case 'terms':
      return renderTerms(context, model)
    case 'config-totp': {
      const policy = policyOf(realm)
      const { mode, secret, userLabel, labelRequired, logoutSessions } = page
      const otherMode = mode === 'manual' ? 'qr' : 'manual'
      return renderConfigTotp(context, {
        ...model,
        mode,
        otherModeUrl: `${model.action}&mode=${otherMode}`,
        secret,
        secretBase32: secretBase32(secret),
        qrCode: await toDataURL(page.keyUri, { width: 246, margin: 1 }),
        policy: { ...policy, initialCounter: policy.counter },
        userLabel,
        labelRequired,
        logoutSessions,
      })
    }
  }
}

/** Whether the box is checked: as it was sent, or as the user wanted it before. */
function isRemembered({ visit, state }: LoginTab): boolean {
  const { form, cookies } = visit.browser
  if (form.has('username')) return form.get('rememberMe') === 'on'
  const wanted = state.notes[loginNotes.rememberMe]
  return wanted === undefined ? rememberedUsername(cookies) !== null : wanted === 'true'
}

function notesOf({ message, fieldErrors }: LoginPageNotes): LoginPageNotes {
  return {
    ...(message === undefined ? {} : { message }),
    ...(fieldErrors === undefined ? {} : { fieldErrors }),
  }
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

function answer(visit: LoginVisit, status: number, body: string, locale: string): BrowserAnswer {
  return {
    status,
    headers: { ...pageHeaders(visit.realm), 'content-language': locale },
    cookies: visit.cookies.values,
    body,
  }
}
