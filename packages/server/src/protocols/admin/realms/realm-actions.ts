import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { nothingInside, strings } from '../representations/answer.ts'

type Deps = Pick<AdminDeps, 'sessions'>

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
    answer: nothingInside,
    handle: async (call) => {
      const trace = await call.trace('ACTION', 'REALM', 'logout-all', {})
      await deps.sessions.endAllIn(call.realm, trace)
      return {}
    },
  })
  // Adapters that took a push by their client's adminUrl are no more; who verifies tokens here reads `notBefore` itself.
  routes.add({
    method: 'POST',
    path: '/push-revocation',
    may: anyOf(['manage-realm']),
    answer: nothingInside,
    event: { operation: 'ACTION', resourceType: 'REALM', isAll: true },
    handle: async ({ describe }) => {
      describe({ representation: {} })
      return {}
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
