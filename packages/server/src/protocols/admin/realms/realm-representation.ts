import type { BriefRealm, JsonObject, Realm } from '../../../domains/realms/realm.ts'
import { isProviderSecret } from '../../../domains/realms/realm-secrets.ts'
import { masked } from '../masked.ts'

/** Members of a realm that have endpoints of their own. */
const elsewhere: ReadonlySet<string> = new Set([
  'authenticationFlows',
  'authenticatorConfig',
  'requiredActions',
  'identityProviders',
  'identityProviderMappers',
  'organizations',
  'defaultDefaultClientScopes',
  'defaultOptionalClientScopes',
  'localizationTexts',
])

/** Of the realm, what administrators see who may neither view nor manage it. */
const publicMembers = [
  'displayName',
  'displayNameHtml',
  'registrationEmailAsUsername',
  'bruteForceProtected',
  'supportedLocales',
  'defaultLocale',
  'internationalizationEnabled',
  'organizationsEnabled',
  'adminPermissionsEnabled',
]

/** @returns Keycloak's RealmRepresentation as `GET /admin/realms/{realm}` shows it, secrets masked */
export function realmRepresentation(realm: Realm, defaultRole: unknown) {
  const members = Object.entries(realm.settings).filter(([name]) => !elsewhere.has(name))
  return {
    id: realm.id,
    realm: realm.name,
    ...Object.fromEntries(members),
    enabled: realm.enabled,
    smtpServer: maskedSmtp(realm.settings['smtpServer']),
    ...(defaultRole === undefined ? {} : { defaultRole }),
  }
}

/** @returns the brief representation of listings */
export function briefRealm({ id, name, enabled, displayName, displayNameHtml }: BriefRealm) {
  return {
    id,
    realm: name,
    ...(displayName === null ? {} : { displayName }),
    ...(displayNameHtml === null ? {} : { displayNameHtml }),
    enabled,
  }
}

/** @returns what the console of an administrator without view-realm needs */
export function restrictedRealm(realm: Realm) {
  const members = publicMembers.flatMap((name) =>
    realm.settings[name] === undefined ? [] : [[name, realm.settings[name]]],
  )
  return { realm: realm.name, ...Object.fromEntries(members) }
}

function maskedSmtp(smtp: unknown): unknown {
  const server = (smtp ?? {}) as Record<string, string>
  return server['password'] ? { ...server, password: masked } : server
}

/** @returns an identity provider with its secrets masked */
export function maskedProvider(provider: JsonObject): JsonObject {
  const config = (provider['config'] ?? {}) as JsonObject
  const shown = Object.entries(config).map(([name, value]) => [
    name,
    isProviderSecret(name) && value !== '' ? masked : value,
  ])
  return { ...provider, config: Object.fromEntries(shown) }
}
