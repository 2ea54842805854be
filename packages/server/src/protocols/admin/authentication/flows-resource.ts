import { z } from 'zod'
import type { FlowChanges } from '../../../domains/flows/changes/flow-changes.ts'
import { flow as flowSchema } from '../../../domains/realms/flow-schema.ts'
import type { AuthenticationFlow, Realm } from '../../../domains/realms/realm.ts'
import { shortText } from '../../../domains/realms/scalars.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import { badRequest, notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, listsFlows, viewsRealm } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { flowAnswer } from '../representations/authentication.ts'
import { flowRepresentation } from './executions.ts'

interface Deps {
  readonly flowChanges: FlowChanges
}

const managesRealm = anyOf(['manage-realm'])

const flowShape = { name: 'AuthenticationFlowRepresentation', schema: flowSchema }
type FlowBody = z.output<typeof flowShape.schema> | undefined

const copyShape = { name: 'Map', schema: z.looseObject({ newName: shortText }) }
type CopyBody = z.output<typeof copyShape.schema> | undefined

/** Keycloak leaves it out of the listing. */
const hiddenFlow = 'saml ecp'

/** `/authentication/flows`: the flows themselves; what is in them has endpoints of its own. */
export function registerFlows(routes: AdminRoutes<Deps>, { flowChanges }: Deps): void {
  routes.add({
    method: 'GET',
    path: '/authentication/flows',
    may: listsFlows,
    answer: listOf(flowAnswer),
    handle: async ({ realm }) =>
      realm.settings.authenticationFlows
        .filter(({ topLevel, alias }) => topLevel && alias !== hiddenFlow)
        .map((flow) => flowRepresentation(realm, flow)),
  })
  routes.add({
    method: 'GET',
    path: '/authentication/flows/:flowId',
    may: viewsRealm,
    answer: flowAnswer,
    handle: async ({ realm, params }) => {
      const flow = realm.settings.authenticationFlows.find(({ id }) => id === params['flowId'])
      if (!flow) throw notFound('Could not find flow with id')
      return flowRepresentation(realm, flow)
    },
  })
  routes.add<FlowBody>({
    method: 'POST',
    path: '/authentication/flows',
    may: managesRealm,
    body: flowShape,
    event: { operation: 'CREATE', resourceType: 'AUTH_FLOW' },
    handle: async (call) => {
      const { realm, body } = call
      const alias = checkedAlias(body?.alias, 'Failed to create flow with empty alias name')
      const id = body?.id ?? newUuid()
      const { description, providerId = 'basic-flow', topLevel = false } = body ?? {}
      const flow = { id, alias, description, providerId, topLevel }
      const trace = await call.ownTrace({
        resourcePath: `authentication/flows/${id}`,
        representation: { description: '', ...body, id },
      })
      await flowChanges.create(realm.id, flow, trace)
      return created(call.reply, `${call.realmUrl}/authentication/flows/${id}`)
    },
  })
  registerChanges(routes, flowChanges)
}

function registerChanges(routes: AdminRoutes<Deps>, flowChanges: FlowChanges): void {
  routes.add<CopyBody>({
    method: 'POST',
    path: '/authentication/flows/:flowAlias/copy',
    may: managesRealm,
    body: copyShape,
    event: { operation: 'CREATE', resourceType: 'AUTH_FLOW' },
    handle: async (call) => {
      const { realm, body } = call
      const { flowAlias = '' } = call.params
      const id = newUuid()
      const alias = body?.newName ?? `Copy of ${flowAlias}`
      const path = `authentication/flows/${flowAlias}/copy`
      await flowChanges.copy(
        realm.id,
        flowAlias,
        id,
        alias,
        await call.ownTrace({ resourcePath: path, representation: { ...body, id } }),
      )
      const below = `authentication/flows/${encodeURIComponent(flowAlias)}/copy/${id}`
      return created(call.reply, `${call.realmUrl}/${below}`)
    },
  })
  routes.add<FlowBody>({
    method: 'PUT',
    path: '/authentication/flows/:flowId',
    may: managesRealm,
    body: flowShape,
    event: { operation: 'UPDATE', resourceType: 'AUTH_FLOW' },
    handle: async (call) => {
      const { realm, body, params } = call
      const { flowId = '' } = params
      if (!realm.settings.authenticationFlows.some(({ id }) => id === flowId)) {
        throw notFound('Could not find flow with id')
      }
      const alias = checkedAlias(body?.alias, 'Failed to update flow with empty alias name')
      const change = { alias, description: body?.description }
      await flowChanges.update(realm.id, flowId, change, await call.ownTrace())
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/authentication/flows/:flowId',
    may: managesRealm,
    event: { operation: 'DELETE', resourceType: 'AUTH_FLOW' },
    handle: async (call) => {
      const { flowId = '' } = call.params
      const flow = call.realm.settings.authenticationFlows.find(({ id }) => id === flowId)
      if (flow?.builtIn) throw badRequest("Can't delete built in flow")
      await flowChanges.remove(call.realm.id, flowId, await call.ownTrace())
    },
  })
}

function checkedAlias(alias: string | undefined, message: string): string {
  if (!alias) throw refused(409, message)
  const illegal = /[/\\:?#[\]@!$&'()*+,;=%"<>]/.exec(alias)?.[0]
  if (illegal !== undefined) throw badRequest(`Character '${illegal}' not allowed.`)
  return alias
}

/** @throws HttpError 404 */
export function flowByAlias(
  realm: Realm,
  alias: string,
  message = 'Flow not found',
): AuthenticationFlow {
  const flow = realm.settings.authenticationFlows.find((each) => each.alias === alias)
  if (!flow) throw notFound(message)
  return flow
}
