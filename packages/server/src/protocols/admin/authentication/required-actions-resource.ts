import { z } from 'zod'
import type { RequiredAction } from '../../../domains/realms/realm.ts'
import { flag, integer, text, textMap } from '../../../domains/realms/scalars.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { propertyRepresentation } from '../server-info/provider-descriptions.ts'

const view = ['view-realm', 'manage-realm', 'view-users', 'manage-users', 'query-users'] as const

const requiredActionShape = {
  name: 'RequiredActionProviderRepresentation',
  schema: z.strictObject({
    alias: text,
    name: text,
    providerId: text,
    enabled: flag,
    defaultAction: flag,
    priority: integer,
    config: textMap,
  }),
}
type Body = z.output<typeof requiredActionShape.schema> | undefined

/** `/authentication/required-actions`. */
export function registerRequiredActions(routes: AdminRoutes, deps: AdminDeps): void {
  const path = '/authentication/required-actions'
  routes.add({
    method: 'GET',
    path,
    may: anyOf(view),
    handle: async ({ realm }) =>
      realm.settings.requiredActions.toSorted((a, b) => a.priority - b.priority),
  })
  routes.add({
    method: 'GET',
    path: `${path}/:alias`,
    may: anyOf(view),
    handle: async (call) => requireAction(call),
  })
  routes.add({
    method: 'GET',
    path: `${path}/:alias/config`,
    may: anyOf(view),
    handle: async (call) => ({ config: requireAction(call).config }),
  })
  routes.add({
    method: 'GET',
    path: '/authentication/unregistered-required-actions',
    may: anyOf(view),
    handle: async ({ realm }) => {
      const present = new Set(realm.settings.requiredActions.map(({ providerId }) => providerId))
      return deps.providers
        .of('required-action')
        .filter(({ id }) => !present.has(id))
        .map(({ id, name }) => ({ providerId: id, name }))
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/:alias/config-description`,
    may: viewsRealm,
    handle: async ({ params }) => {
      const properties = deps.providers.find('required-action', params['alias'] ?? '')?.properties
      if (!properties?.length) {
        throw notFound('Could not find configurable RequiredAction provider')
      }
      return { properties: properties.map(propertyRepresentation) }
    },
  })
  routes.add<Body>({
    method: 'PUT',
    path: `${path}/:alias`,
    may: anyOf(['manage-realm']),
    body: requiredActionShape,
    handle: async (call) => {
      const { alias } = requireAction(call)
      const { body } = call
      await deps.realms.changeSettings(call.realm.id, (settings) => ({
        ...settings,
        requiredActions: settings.requiredActions.map((action) =>
          action.alias === alias ? changed(action, body) : action,
        ),
      }))
      call.record('UPDATE', 'REQUIRED_ACTION', `${path.slice(1)}/${alias}`, body)
    },
  })
}

function requireAction({ realm, params }: AdminCall<unknown>): RequiredAction {
  const action = realm.settings.requiredActions.find(({ alias }) => alias === params['alias'])
  if (!action) throw notFound('Failed to find required action')
  return action
}

function changed(action: RequiredAction, body: Body): RequiredAction {
  const config = Object.entries(body?.config ?? action.config).filter(([, value]) => value !== null)
  return {
    ...action,
    name: body?.name ?? action.name,
    enabled: body?.enabled ?? false,
    defaultAction: body?.defaultAction ?? false,
    priority: body?.priority ?? action.priority,
    config: Object.fromEntries(config) as Record<string, string>,
  }
}
