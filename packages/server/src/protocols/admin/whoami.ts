import { HttpError } from '../../http/http-error.ts'
import type { AdminDeps } from './admin-deps.ts'
import { forbidden, notFound } from './admin-error.ts'
import type { AdminRoutes } from './admin-routes.ts'
import type { Administrator } from './administrator.ts'
import { whoAmIAnswer } from './representations/server-description.ts'

type Deps = Pick<AdminDeps, 'realms'>

const consoleClientId = 'security-admin-console'

/** `GET /admin/{realm}/console/whoami`: what the console shows of and to its administrator. */
export function registerWhoAmI(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.addToServer({
    method: 'GET',
    path: '/:realm/console/whoami',
    query: { currentRealm: 'text' },
    answer: whoAmIAnswer,
    before: async ({ realm = '' }) => {
      if (!(await deps.realms.byName(realm))) throw notFound('Realm not found.')
    },
    handle: async ({ administrator, params, query }) => {
      const { realm: name = '' } = params
      if (administrator.realm.name !== name) throw forbidden()
      const { clientId } = administrator.client
      if (clientId !== consoleClientId) {
        const error = `Token issued for an application that is not the admin console: ${clientId}`
        throw new HttpError(403, { error })
      }
      return await whoAmI(deps, administrator, query.text('currentRealm') ?? name)
    },
  })
}

async function whoAmI(deps: Deps, administrator: Administrator, currentRealm: string) {
  const { user, realm } = administrator
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ')
  const names = administrator.ofMaster ? new Set([realm.name, currentRealm]) : new Set([realm.name])
  const access: Record<string, string[]> = {}
  for (const each of names) {
    const target = await deps.realms.byName(each)
    const held = target ? await administrator.rolesFor(target) : new Set<string>()
    if (held.size > 0) access[each] = [...held]
  }
  if (administrator.ofMaster && (await administrator.holdsRealmRole('admin'))) {
    for (const each of names) access[each] = [...(access[each] ?? []), 'admin']
  }
  return {
    userId: user.id,
    realm: realm.name,
    displayName: name || user.username,
    locale: user.attributes['locale']?.[0] ?? realm.settings.defaultLocale ?? 'en',
    createRealm: administrator.ofMaster && (await administrator.holdsRealmRole('create-realm')),
    realm_access: access,
    temporary: user.attributes['is_temporary_admin']?.[0] === 'true',
  }
}
