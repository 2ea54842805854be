import type { Realm } from '../../../domains/realms/realm.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { groupRepresentation } from './group-representation.ts'

/** `/default-groups`: what new users join. Realms keep them as paths. */
export function registerDefaultGroups(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/default-groups',
    may: anyOf(['view-realm', 'manage-realm']),
    handle: async ({ realm }) => {
      const paths = realm.settings.defaultGroups ?? []
      const groups = await Promise.all(paths.map((path) => deps.groups.byPath(realm.id, path)))
      return groups.flatMap((group) => (group ? [groupRepresentation(group)] : []))
    },
  })
  routes.add({
    method: 'PUT',
    path: '/default-groups/:groupId',
    may: anyOf(['manage-realm']),
    handle: async (call) => {
      const path = await pathOf(call)
      await changePaths(deps, call.realm, (paths) => [...new Set([...paths, path])])
      call.record('CREATE', 'GROUP', `default-groups/${call.params['groupId']}`)
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/default-groups/:groupId',
    may: anyOf(['manage-realm']),
    handle: async (call) => {
      const path = await pathOf(call)
      await changePaths(deps, call.realm, (paths) => paths.filter((each) => each !== path))
      call.record('DELETE', 'GROUP', `default-groups/${call.params['groupId']}`)
    },
  })
}

async function pathOf(call: AdminCall<unknown>): Promise<string> {
  const group = await call.deps.groups.byId(call.realm.id, call.params['groupId'] ?? '')
  if (!group) throw notFound('Group not found')
  return group.path
}

async function changePaths(
  deps: AdminDeps,
  realm: Realm,
  change: (paths: readonly string[]) => string[],
): Promise<void> {
  await deps.realms.changeSettings(realm.id, (settings) => ({
    ...settings,
    defaultGroups: change(settings.defaultGroups ?? []),
  }))
}

/** Makes the default groups follow a group that was renamed, or removed (`to` null), and those nested in it. */
export async function renamedDefaultGroups(
  deps: AdminDeps,
  realm: Realm,
  from: string,
  to: string | null,
): Promise<void> {
  const concerned = (path: string) => path === from || path.startsWith(`${from}/`)
  if (!realm.settings.defaultGroups?.some(concerned)) return
  await changePaths(deps, realm, (paths) =>
    paths.flatMap((path) => {
      if (!concerned(path)) return [path]
      return to === null ? [] : [`${to}${path.slice(from.length)}`]
    }),
  )
}
