import { masterRealmName } from '../../../domains/administration/administration.ts'
import type { AdminTrace } from '../../../domains/events/admin-event.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { allowLongAnswer } from '../../../http/answer-deadlines.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireMayJoin } from '../mapping-permission.ts'
import { anyAdministration, anyOf } from '../permission.ts'
import { type RealmBody, realmAnswer, realmShape } from '../representations/realm.ts'
import { restrictedRealm } from './realm-representation.ts'
import { fullRealm, requireUnanswered, traceOfRealm } from './realms-resource.ts'

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
  also?: AdminTrace,
): Promise<void> {
  const joined = await defaultGroupsOf(call, body.defaultGroups)
  const change = joined ? { ...body, defaultGroups: joined } : body
  const trace = await call.trace('UPDATE', 'REALM', '', body)
  try {
    await call.deps.realmChanges.update(call.realm, change, trace, also)
  } catch (error) {
    if (error instanceof ModelError && error.reason === 'duplicate') {
      throw refused(409, 'Realm with same name exists')
    }
    throw error
  }
}

/**
 * New users join the groups that the realm names by path, so who adds one has to be allowed to give its roles.
 * @returns the paths, complete
 * @throws HttpError 400 for a path without a group, 403
 */
async function defaultGroupsOf(
  call: AdminCall<unknown, Deps>,
  paths: readonly string[] | undefined,
): Promise<string[] | undefined> {
  if (!paths) return undefined
  const { deps, realm } = call
  const found = await Promise.all(paths.map((path) => deps.groups.byPath(realm.id, path)))
  const groups = found.flatMap((group) => group ?? [])
  if (groups.length < paths.length) throw refused(400, 'Failed to update realm')
  const present = new Set(realm.settings.defaultGroups ?? [])
  const added = groups.filter(({ path }) => !present.has(path))
  await requireMayJoin(
    call,
    added.map(({ id }) => id),
  )
  return groups.map(({ path }) => path)
}
