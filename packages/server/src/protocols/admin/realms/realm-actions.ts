import { placesOf } from '../../../login/request-places.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { type AdminUrlDeps, adminUrlResult, callAdminUrls } from '../clients/admin-url-calls.ts'
import { anyOf } from '../permission.ts'
import { strings } from '../representations/answer.ts'

type Deps = AdminUrlDeps & Pick<AdminDeps, 'realms' | 'sessions' | 'urls'>

/** Required actions by which a user gets another credential. */
const credentialRegistrators: ReadonlySet<string> = new Set([
  'CONFIGURE_TOTP',
  'webauthn-register',
  'webauthn-register-passwordless',
  'CONFIGURE_RECOVERY_AUTHN_CODES',
])

/** Commands to a whole realm. */
export function registerRealmActions(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: '/logout-all',
    may: anyOf(['manage-users']),
    answer: adminUrlResult,
    handle: async ({ realm, request, trace: traced }) => {
      const notBefore = epochSeconds(deps.clock)
      const trace = await traced('ACTION', 'REALM', 'logout-all', {})
      await deps.sessions.endAllIn(realm, async (tx) => {
        // Tokens that outlive their session, and those that others verify by themselves, end with this.
        await deps.realms.changeIn(tx, realm.id, (row) => ({
          ...row,
          settings: { ...row.settings, notBefore },
        }))
        await trace(tx)
      })
      const clients = await deps.clients.list({ realmId: realm.id })
      const places = placesOf(deps, request, realm)
      return await callAdminUrls(deps, realm, places, clients, { action: 'LOGOUT', notBefore })
    },
  })
  routes.add({
    method: 'POST',
    path: '/push-revocation',
    may: anyOf(['manage-realm']),
    answer: adminUrlResult,
    event: { operation: 'ACTION', resourceType: 'REALM', isAll: true },
    handle: async ({ realm, request, describe }) => {
      const { notBefore = 0 } = realm.settings
      const clients = await deps.clients.list({ realmId: realm.id })
      const places = placesOf(deps, request, realm)
      const call = { action: 'PUSH_NOT_BEFORE', notBefore } as const
      const representation = await callAdminUrls(deps, realm, places, clients, call)
      describe({ representation })
      return representation
    },
  })
  routes.add({
    method: 'GET',
    path: '/credential-registrators',
    may: anyOf(['view-realm', 'manage-realm']),
    answer: strings,
    handle: async ({ realm }) =>
      realm.settings.requiredActions
        .map(({ providerId }) => providerId)
        .filter((id) => credentialRegistrators.has(id)),
  })
  // Caches follow the invalidation log and cannot be behind it, so these have nothing to do.
  for (const name of ['realm', 'user', 'keys', 'crl']) {
    routes.add({
      method: 'POST',
      path: `/clear-${name}-cache`,
      may: anyOf(['manage-realm']),
      event: { operation: 'ACTION', resourceType: 'REALM', isAll: true },
      handle: async () => undefined,
    })
  }
}
