import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clients } from '../../domains/clients/clients.ts'
import type { IdentityProviders } from '../../domains/identity-providers/identity-providers.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import { hasFeature } from '../../domains/realms/realm-features.ts'
import type { Realms } from '../../domains/realms/realms.ts'
import type { IdentityTokens } from '../../domains/tokens/identity-tokens.ts'
import { issuerOf } from '../../domains/tokens/tokens.ts'
import type { Users } from '../../domains/users/users.ts'
import { cookiesOf } from '../../http/cookies.ts'
import { HttpError } from '../../http/http-error.ts'
import { ownFrontendUrl, type ServerUrls } from '../../http/server-urls.ts'
import { chooseLocale } from '../../pages/messages/choose-locale.ts'
import type { ThemesOfKind } from '../../pages/themes/themes.ts'
import type { Clock } from '../../shared/clock.ts'
import { epochSeconds } from '../../shared/clock.ts'
import type { ConsoleAssets } from './console-assets.ts'
import { consoleLookOf } from './console-look.ts'
import { consolePage, consolePolicy } from './console-page.ts'

export interface AccountConsoleDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly clients: Pick<Clients, 'byClientId'>
  readonly users: Pick<Users, 'byId' | 'memberships'>
  readonly identityProviders: Pick<IdentityProviders, 'summaries'>
  readonly identityTokens: IdentityTokens
  readonly urls: ServerUrls
  readonly clock: Clock
  readonly assets: () => Promise<ConsoleAssets>
  /** Of account consoles. */
  readonly themes: Pick<ThemesOfKind, 'of'>
}

const consoleClientId = 'account-console'
const accountClientId = 'account'
const identityCookie = 'KEYCLOAK_IDENTITY'
const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

/** Sends the account console's page, for any of its addresses below `/realms/{realm}/account`. */
export class AccountConsolePage {
  readonly #deps: AccountConsoleDeps

  constructor(deps: AccountConsoleDeps) {
    this.#deps = deps
  }

  /** @throws HttpError 404 for a realm that is not there or not enabled */
  async send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { realm: name = '' } = request.params as Record<string, string>
    const realm = await this.#deps.realms.byName(name)
    if (!realm?.enabled) throw new HttpError(404, { error: 'Realm does not exist' })
    if (!hasFeature(realm, 'ACCOUNT_V3')) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
    const url = new URL(request.url, 'http://path.invalid')
    if (!url.pathname.endsWith('/') && /\/account$/.test(url.pathname)) {
      return reply.redirect(
        `${this.#frontend(request, realm)}/realms/${encodeURIComponent(name)}/account/`,
      )
    }
    return await this.#page(request, reply, realm)
  }

  async #page(request: FastifyRequest, reply: FastifyReply, realm: Realm): Promise<FastifyReply> {
    const { assets: load, urls } = this.#deps
    const assets = await load()
    const frontend = this.#frontend(request, realm)
    const admin = urls.admin(request)
    const path = new URL(frontend).pathname.replace(/\/+$/, '')
    const look = consoleLookOf(this.#deps.themes.of(realm), 'account', assets, path)
    const { resourceUrl, logo, logoUrl } = look
    const referrer = await this.#referrer(request, realm)
    const locale = chooseLocale(realm.settings, {
      kcLocale: queryOf(request, 'kc_locale'),
      cookieLocale: cookiesOf(request).get('KEYCLOAK_LOCALE'),
      acceptLanguage: request.headers['accept-language'],
    })
    const page = consolePage({
      title: 'Account Management',
      description: 'The account console of Holdfast.',
      language: locale,
      direction: rightToLeft.has(locale) ? 'rtl' : 'ltr',
      look,
      entry: assets.entry,
      environment: {
        serverBaseUrl: frontend,
        authUrl: `${frontend}/`,
        authServerUrl: `${frontend}/`,
        realm: realm.name,
        clientId: consoleClientId,
        resourceUrl,
        logo,
        logoUrl,
        darkMode: look.dark && realm.settings.attributes['darkMode'] !== 'false',
        baseUrl: `${frontend}/realms/${encodeURIComponent(realm.name)}/account/`,
        locale,
        ...referrer,
        features: await this.#features(request, realm, frontend),
        scope: '',
      },
    })
    return reply
      .header('cache-control', 'no-cache')
      .header('content-language', locale)
      .header(
        'content-security-policy',
        consolePolicy([frontend, admin].map((url) => new URL(url).origin)),
      )
      .type('text/html;charset=utf-8')
      .send(page)
  }

  #frontend(request: FastifyRequest, realm: Realm): string {
    return (
      ownFrontendUrl(realm.settings.attributes['frontendUrl']) ?? this.#deps.urls.frontend(request)
    )
  }

  /** Where a link back to the application leads: only to an address that the application has told before. */
  async #referrer(request: FastifyRequest, realm: Realm) {
    const clientId = queryOf(request, 'referrer')
    const client = clientId && (await this.#deps.clients.byClientId(realm.id, clientId))
    if (!client) return { referrerName: '', referrerUrl: '' }
    const { name, baseUrl = '', rootUrl = '' } = client.representation
    const referrerUrl = baseUrl.startsWith('/') ? rootUrl + baseUrl : baseUrl || rootUrl
    const known = /^https?:\/\//.test(referrerUrl)
    return { referrerName: name || client.clientId, referrerUrl: known ? referrerUrl : '' }
  }

  /** What the menu shows: what the realm has, and what the user who is signed in here may see. */
  async #features(request: FastifyRequest, realm: Realm, frontend: string) {
    const roles = await this.#rolesOfVisitor(request, realm, frontend)
    const { settings } = realm
    const { identityProviders } = this.#deps
    const actionEnabled = (id: string) =>
      settings.requiredActions.some(({ providerId, enabled }) => providerId === id && enabled)
    return {
      isRegistrationEmailAsUsername: settings.registrationEmailAsUsername,
      isEditUserNameAllowed: settings.editUsernameAllowed,
      isInternationalizationEnabled: settings.internationalizationEnabled,
      isLinkedAccountsEnabled: (await identityProviders.summaries(realm.id)).length > 0,
      isMyResourcesEnabled: settings['userManagedAccessAllowed'] === true,
      isViewOrganizationsEnabled: settings.organizationsEnabled === true,
      deleteAccountAllowed: roles.has('delete-account') && actionEnabled('delete_account'),
      updateEmailFeatureEnabled: true,
      updateEmailActionEnabled: actionEnabled('UPDATE_EMAIL'),
      isViewApplicationsEnabled: roles.has('view-applications'),
      isViewGroupsEnabled: roles.has('view-groups'),
      isOid4VciEnabled: false,
    }
  }

  /** Decides about the menu alone: the API asks for a token. */
  async #rolesOfVisitor(request: FastifyRequest, realm: Realm, frontend: string) {
    const { identityTokens, users, clients, clock } = this.#deps
    const cookie = cookiesOf(request).get(identityCookie)
    if (cookie === undefined) return new Set<string>()
    const issuer = issuerOf({ frontend }, realm)
    const identity = identityTokens.verify(realm, cookie, issuer, epochSeconds(clock))
    const user = identity && (await users.byId(realm.id, identity.userId))
    const client = await clients.byClientId(realm.id, accountClientId)
    if (!user?.enabled || !client) return new Set<string>()
    const { roles } = await users.memberships(user)
    const own = roles.filter(({ clientUuid }) => clientUuid === client.id)
    return new Set(own.map(({ name }) => name))
  }
}

function queryOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : undefined
}
