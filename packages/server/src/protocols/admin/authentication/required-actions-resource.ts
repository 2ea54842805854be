import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { listOf, stringMap } from '../representations/answer.ts'
import {
  actionConfigAnswer,
  describedStepAnswer,
  requiredActionAnswer,
} from '../representations/authentication.ts'
import { propertyRepresentation } from '../server-info/provider-descriptions.ts'
import { requireAction } from './required-action-writes.ts'

type Deps = Pick<AdminDeps, 'log' | 'providers' | 'requiredActionChanges'>

const view = ['view-realm', 'manage-realm', 'view-users', 'query-users'] as const

/** `/authentication/required-actions`. */
export function registerRequiredActions(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/authentication/required-actions'
  routes.add({
    method: 'GET',
    path,
    may: anyOf(view),
    answer: listOf(requiredActionAnswer),
    handle: async ({ realm }) =>
      realm.settings.requiredActions.toSorted((a, b) => a.priority - b.priority),
  })
  routes.add({
    method: 'GET',
    path: `${path}/:alias`,
    may: anyOf(view),
    answer: requiredActionAnswer,
    handle: async (call) => requireAction(call),
  })
  routes.add({
    method: 'GET',
    path: `${path}/:alias/config`,
    may: anyOf(view),
    answer: actionConfigAnswer,
    handle: async (call) => ({ config: requireAction(call).config }),
  })
  routes.add({
    method: 'GET',
    path: '/authentication/unregistered-required-actions',
    may: viewsRealm,
    answer: listOf(stringMap),
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
    answer: describedStepAnswer,
    handle: async ({ params }) => {
      const properties = deps.providers.find('required-action', params['alias'] ?? '')?.properties
      if (!properties?.length) {
        throw notFound('Could not find configurable RequiredAction provider')
      }
      return { properties: properties.map(propertyRepresentation) }
    },
  })
}
