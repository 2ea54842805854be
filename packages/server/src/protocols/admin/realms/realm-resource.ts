import type { Transaction } from '../../../database/database.ts'
import { masterRealmName } from '../../../domains/administration/administration.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { allowLongAnswer } from '../../../http/answer-deadlines.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyAdministration, anyOf } from '../permission.ts'
import { type RealmBody, realmAnswer, realmShape } from '../representations/realm.ts'
import { restrictedRealm } from './realm-representation.ts'
import { fullRealm, requireUnanswered, traceOfRealm } from './realms-resource.ts'

type Deps = Pick<
  AdminDeps,
  'clients' | 'events' | 'realmChanges' | 'realmImport' | 'realms' | 'roles' | 'urls'
>

/** `GET`, `PUT` and `DELETE /admin/realms/{realm}`. */
export function registerRealmResource(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '',
    may: anyAdministration,
    answer: realmAnswer,
    handle: async ({ realm, held }) =>
      held.has('view-realm') || held.has('manage-realm')
        ? await fullRealm(deps, realm)
        : restrictedRealm(realm),
  })
  routes.add<RealmBody | undefined>({
    method: 'PUT',
    path: '',
    may: anyOf(['manage-realm']),
    body: realmShape,
    handle: async (call) => {
      await updateRealm(call, call.body ?? ({} as RealmBody))
    },
  })
  routes.add({
    method: 'DELETE',
    path: '',
    may: anyOf(['manage-realm']),
    handle: async (call) => {
      const { realm, reply, administrator } = call
      if (realm.name === masterRealmName) throw refused(400, "Can't remove master realm")
      allowLongAnswer(reply.raw)
      // Who deletes the realm that they belong to leaves no place for the event.
      const trace =
        administrator.realm.id === realm.id
          ? undefined
          : await traceOfRealm(deps, call, 'DELETE', realm.name)
      await deps.realmImport.removeRealm(realm, async (tx) => {
        await trace?.(tx)
        requireUnanswered(reply)
      })
    },
  })
}

/** @param also further work of the same transaction */
export async function updateRealm(
  call: AdminCall<unknown, Deps>,
  body: RealmBody,
  also?: (tx: Transaction) => Promise<void>,
): Promise<void> {
  const trace = await call.trace('UPDATE', 'REALM', '', body)
  try {
    await call.deps.realmChanges.update(call.realm, body, trace, also)
  } catch (error) {
    if (error instanceof ModelError && error.reason === 'duplicate') {
      throw refused(409, 'Realm with same name exists')
    }
    throw error
  }
}
