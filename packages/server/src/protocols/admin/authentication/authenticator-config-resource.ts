import type { z } from 'zod'
import type { FlowChanges } from '../../../domains/flows/changes/flow-changes.ts'
import type { Providers } from '../../../domains/providers/providers.ts'
import { authenticatorConfig } from '../../../domains/realms/flow-schema.ts'
import { masked } from '../../../domains/realms/secret-members.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import { notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { authenticatorConfigAnswer } from '../representations/authentication.ts'
import { configRepresentation } from './executions.ts'

interface Deps {
  readonly flowChanges: FlowChanges
  readonly providers: Providers
}

const managesRealm = anyOf(['manage-realm'])

const configShape = { name: 'AuthenticatorConfigRepresentation', schema: authenticatorConfig }
type Body = z.output<typeof configShape.schema> | undefined

/** Configurations of executions. */
export function registerAuthenticatorConfigs(routes: AdminRoutes<Deps>, deps: Deps): void {
  for (const path of ['/authentication/config', '/authentication/executions/:executionId/config']) {
    routes.add({
      method: 'GET',
      path: `${path}/:configId`,
      may: viewsRealm,
      answer: authenticatorConfigAnswer,
      handle: async ({ realm, params }) => {
        const { authenticatorConfig } = realm.settings
        const config = authenticatorConfig.find(({ id }) => id === params['configId'])
        if (!config) throw notFound('Could not find authenticator config')
        return configRepresentation(deps.providers, realm, config)
      },
    })
    routes.add<Body>({
      method: 'POST',
      path,
      may: managesRealm,
      body: configShape,
      event: { operation: 'CREATE', resourceType: 'AUTHENTICATOR_CONFIG' },
      handle: async (call) => {
        const alias = call.body?.alias
        if (!alias) {
          const message =
            'Failed to create authentication execution configuration with empty alias name'
          throw refused(409, message)
        }
        const { executionId = null } = call.params
        const id = newUuid()
        const config = { id, alias, config: given(call.body) }
        const below = path.replace(':executionId', executionId ?? '')
        const resourcePath = executionId === null ? `authentication/config/${id}` : below.slice(1)
        const trace = await call.ownTrace({ resourcePath, representation: config })
        await deps.flowChanges.addConfig(call.realm.id, executionId, config, trace)
        return created(call.reply, `${call.realmUrl}${below}/${id}`)
      },
    })
  }
  registerChanges(routes, deps.flowChanges)
}

function registerChanges(routes: AdminRoutes<Deps>, flowChanges: FlowChanges): void {
  routes.add<Body>({
    method: 'PUT',
    path: '/authentication/config/:configId',
    may: managesRealm,
    body: configShape,
    event: { operation: 'UPDATE', resourceType: 'AUTHENTICATOR_CONFIG' },
    handle: async (call) => {
      const { configId = '' } = call.params
      const trace = await call.ownTrace()
      const { realm, body } = call
      await flowChanges.changeConfig(
        realm.id,
        configId,
        (present) => ({
          ...present,
          alias: body?.alias ?? present.alias,
          config: unmasked(given(body), present.config),
        }),
        trace,
      )
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/authentication/config/:configId',
    may: managesRealm,
    event: { operation: 'DELETE', resourceType: 'AUTHENTICATOR_CONFIG' },
    handle: async (call) => {
      const { configId = '' } = call.params
      await flowChanges.removeConfig(call.realm.id, configId, await call.ownTrace())
    },
  })
}

/** Values of null and empty ones are not there. */
function given(body: Body): Record<string, string> {
  const entries = Object.entries(body?.config ?? {}).filter(([, value]) => value)
  return Object.fromEntries(entries) as Record<string, string>
}

/** What is sent back masked stays as it is. */
function unmasked(next: Record<string, string>, present: Readonly<Record<string, string>>) {
  const entries = Object.entries(next).map(([name, value]) => [
    name,
    value === masked ? (present[name] ?? '') : value,
  ])
  return Object.fromEntries(entries) as Record<string, string>
}
