import type { RealmSettings } from '../../../domains/realms/realm.ts'
import type { AdminCall } from '../admin-call.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'

type Member = 'defaultDefaultClientScopes' | 'defaultOptionalClientScopes'

/** `/default-default-client-scopes` and `/default-optional-client-scopes`: what new clients get. */
export function registerRealmDefaultScopes(routes: AdminRoutes): void {
  register(routes, '/default-default-client-scopes', 'defaultDefaultClientScopes')
  register(routes, '/default-optional-client-scopes', 'defaultOptionalClientScopes')
}

function register(routes: AdminRoutes, path: string, member: Member): void {
  const other: Member =
    member === 'defaultDefaultClientScopes'
      ? 'defaultOptionalClientScopes'
      : 'defaultDefaultClientScopes'
  routes.add({
    method: 'GET',
    path,
    may: anyOf(['view-clients', 'manage-clients']),
    handle: async ({ realm }) => {
      const scopes = new Map(realm.clientScopes.map((scope) => [scope.name, scope]))
      return realm.settings[member].flatMap((name) => {
        const scope = scopes.get(name)
        return scope ? [{ id: scope.id, name, protocol: scope.protocol }] : []
      })
    },
  })
  routes.add({
    method: 'PUT',
    path: `${path}/:scopeId`,
    may: anyOf(['manage-clients']),
    handle: async (call) => {
      await change(call, (settings, name) => ({
        ...settings,
        [member]: [...new Set([...settings[member], name])],
        [other]: settings[other].filter((each) => each !== name),
      }))
      call.record('CREATE', 'CLIENT_SCOPE', `${path.slice(1)}/${call.params['scopeId']}`)
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:scopeId`,
    may: anyOf(['manage-clients']),
    handle: async (call) => {
      await change(call, (settings, name) => ({
        ...settings,
        [member]: settings[member].filter((each) => each !== name),
      }))
      call.record('DELETE', 'CLIENT_SCOPE', `${path.slice(1)}/${call.params['scopeId']}`)
    },
  })
}

async function change(
  { deps, realm, params }: AdminCall<unknown>,
  write: (settings: RealmSettings, name: string) => RealmSettings,
): Promise<void> {
  const scope = realm.clientScopes.find(({ id }) => id === params['scopeId'])
  if (!scope) throw notFound('Client scope not found')
  await deps.realms.changeSettings(realm.id, (settings) => write(settings, scope.name))
}
