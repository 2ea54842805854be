import type { z } from 'zod'
import { eventListeners } from '../../../domains/events/event-listeners.ts'
import type { UserProfile } from '../../../domains/users/user-profile.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, anyRole } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { updateRealm } from '../realms/realm-resource.ts'
import { listOf, partly, string, stringMap } from '../representations/answer.ts'
import { realmShape } from '../representations/realm.ts'
import { nestedNames, userProfile } from '../representations/user-profile.ts'

type Deps = Pick<
  AdminDeps,
  | 'administration'
  | 'clients'
  | 'events'
  | 'groups'
  | 'realmChanges'
  | 'realmImport'
  | 'realms'
  | 'roles'
  | 'urls'
  | 'userProfiles'
>

const shape = {
  name: 'UIRealmRepresentation',
  schema: realmShape.schema.extend({ upConfig: userProfile.nullish() }),
  nested: nestedNames,
}
type Body = z.output<typeof shape.schema> | undefined

const namesMax = 100

/** What the administration console asks of realms beside Admin REST. */
export function registerConsoleRealms(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<Body>({
    method: 'PUT',
    path: '/ui-ext',
    may: anyOf(['manage-realm']),
    body: shape,
    handle: async (call) => {
      const { upConfig, ...realm } = call.body ?? ({} as NonNullable<Body>)
      if (!upConfig) return await updateRealm(call, realm)
      const { write } = await deps.userProfiles.prepare(call.realm, upConfig as UserProfile)
      const trace = await call.trace('UPDATE', 'USER_PROFILE', 'users/profile', upConfig)
      await updateRealm(call, realm, async (tx) => {
        await write(tx)
        await trace(tx)
      })
    },
  })
  routes.add({
    method: 'GET',
    path: '/ui-ext/realms/names',
    may: anyRole,
    query: { ...paged, search: 'text' },
    answer: listOf(partly('RealmName', { name: string, displayName: string })),
    handle: async ({ administrator, query }) => {
      const search = query.text('search')?.toLowerCase()
      const matching = (await deps.realms.briefs()).filter(
        ({ name, displayName }) =>
          !search || [name, displayName ?? ''].some((text) => text.toLowerCase().includes(search)),
      )
      const visible: { name: string; displayName?: string }[] = []
      for await (const { realm } of administrator.administered(matching)) {
        const { name, displayName } = realm
        visible.push({ name, ...(displayName === null ? {} : { displayName }) })
      }
      const first = query.first ?? 0
      return visible.slice(first, first + (query.max() ?? namesMax))
    },
  })
  routes.add({
    method: 'GET',
    path: '/ui-ext/available-event-listeners',
    may: anyOf(['view-events', 'manage-events']),
    answer: listOf(stringMap),
    handle: async () => eventListeners.map((id) => ({ id })),
  })
}
