import { z } from 'zod'
import { isDisabledByGuesses } from '../../../domains/users/disabled-reason.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { bruteForceStatus } from '../attack-detection/attack-detection.ts'
import { anyAdministration, anyOf } from '../permission.ts'
import { boolean, listOf } from '../representations/answer.ts'
import { userAnswer } from '../representations/user.ts'
import { listedUsers } from '../users/list-users.ts'
import { userParameters } from '../users/user-search-query.ts'

type Deps = Pick<AdminDeps, 'clock' | 'credentials' | 'users'>

const userStorageType = 'org.keycloak.storage.UserStorageProvider'

/** What the admin console asks about users beyond the rest of Admin REST. */
export function registerConsoleUsers(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/ui-ext/info',
    may: anyAdministration,
    answer: z.strictObject({ userProfileProvidersEnabled: boolean }),
    handle: async ({ realm }) => ({
      userProfileProvidersEnabled: realm.components.some(
        ({ providerType, config }) =>
          providerType === userStorageType && config['enabled']?.[0] !== 'false',
      ),
    }),
  })
  routes.add({
    method: 'GET',
    path: '/ui-ext/brute-force-user',
    may: anyOf(['view-users', 'manage-users', 'query-users']),
    query: { ...userParameters },
    answer: listOf(userAnswer),
    handle: async (call) => {
      const users = await listedUsers(call)
      const { realm } = call
      const counted = realm.settings.bruteForceProtected
      const ids = users.map(({ user }) => user.id)
      const failures = counted
        ? await deps.credentials.failures.ofAll(realm, ids)
        : new Map<string, never>()
      return users.map(({ user, shown }) => {
        const failure = failures.get(user.id) ?? null
        const locked = counted && isDisabledByGuesses(user)
        return { ...shown, bruteForceStatus: bruteForceStatus(failure, deps.clock.now(), locked) }
      })
    },
  })
}
