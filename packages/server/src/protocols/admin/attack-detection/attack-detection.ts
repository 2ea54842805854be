import {
  isLocked,
  type LoginFailure,
  noFailure,
} from '../../../domains/credentials/login-failures/login-failure.ts'
import { isDisabledByGuesses } from '../../../domains/users/disabled-reason.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { bruteForceAnswer } from '../representations/user.ts'

type Deps = Pick<AdminDeps, 'clock' | 'credentials' | 'users'>

const path = '/attack-detection/brute-force/users'

/** What brute-force protection remembers of users. Users who are not known have no failures. */
export function registerAttackDetection(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/:userId`,
    may: anyOf(['view-users', 'manage-users']),
    answer: bruteForceAnswer,
    handle: async ({ realm, params }) => {
      const userId = params['userId'] ?? ''
      const counted = realm.settings.bruteForceProtected
      const failure = counted ? await deps.credentials.failures.of(realm, userId) : null
      const user = failure && (await deps.users.fresh(realm.id, userId))
      const now = deps.clock.now()
      return {
        ...bruteForceStatus(failure, now, user !== null && isDisabledByGuesses(user)),
        // As Keycloak: nothing once it has passed.
        failedLoginNotBefore: isLocked(failure, now)
          ? Math.floor((failure?.notBefore ?? 0) / 1000)
          : 0,
        numTemporaryLockouts: failure?.temporaryLockouts ?? 0,
        numSecondaryAuthFailures: failure?.secondaryFailures ?? 0,
      }
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:userId`,
    may: anyOf(['manage-users']),
    handle: async (call) => {
      const userId = call.params['userId'] ?? ''
      const trace = await call.trace('DELETE', 'USER_LOGIN_FAILURE', `${path.slice(1)}/${userId}`)
      await deps.credentials.failures.clear(call.realm, userId, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: anyOf(['manage-users']),
    handle: async (call) => {
      const trace = await call.trace('DELETE', 'USER_LOGIN_FAILURE', path.slice(1))
      await deps.credentials.failures.clearRealm(call.realm, trace)
    },
  })
}

/** @returns the part that lists of users show too */
export function bruteForceStatus(
  failure: LoginFailure | null,
  now: number,
  lockedForGood: boolean,
) {
  const { failures, lastIp, lastFailure } = failure ?? noFailure
  return {
    numFailures: failures,
    disabled: lockedForGood || isLocked(failure, now),
    lastIPFailure: lastIp ?? 'n/a',
    lastFailure,
  }
}
