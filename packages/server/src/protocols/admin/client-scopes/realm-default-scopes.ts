import type { FastifyInstance } from 'fastify'
import type { RealmSettings } from '../../../domains/realms/realm.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import { type AdminCall, adminRoute } from '../admin-route.ts'

type Member = 'defaultDefaultClientScopes' | 'defaultOptionalClientScopes'

/** `/default-default-client-scopes` and `/default-optional-client-scopes`: what new clients get. */
export function registerRealmDefaultScopes(app: FastifyInstance, deps: AdminDeps): void {
  register(app, deps, '/default-default-client-scopes', 'defaultDefaultClientScopes')
  register(app, deps, '/default-optional-client-scopes', 'defaultOptionalClientScopes')
}

function register(app: FastifyInstance, deps: AdminDeps, path: string, member: Member): void {
  const other: Member =
    member === 'defaultDefaultClientScopes'
      ? 'defaultOptionalClientScopes'
      : 'defaultDefaultClientScopes'
  adminRoute(app, deps, {
    method: 'GET',
    path,
    anyOf: ['view-clients', 'manage-clients'],
    handle: async ({ realm }) => {
      const scopes = new Map(realm.clientScopes.map((scope) => [scope.name, scope]))
      return realm.settings[member].flatMap((name) => {
        const scope = scopes.get(name)
        return scope ? [{ id: scope.id, name, protocol: scope.protocol }] : []
      })
    },
  })
  adminRoute(app, deps, {
    method: 'PUT',
    path: `${path}/:scopeId`,
    anyOf: ['manage-clients'],
    handle: async (call) => {
      await change(call, (settings, name) => ({
        ...settings,
        [member]: [...new Set([...settings[member], name])],
        [other]: settings[other].filter((each) => each !== name),
      }))
      call.record('CREATE', 'CLIENT_SCOPE', `${path.slice(1)}/${call.params['scopeId']}`)
    },
  })
  adminRoute(app, deps, {
    method: 'DELETE',
    path: `${path}/:scopeId`,
    anyOf: ['manage-clients'],
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
