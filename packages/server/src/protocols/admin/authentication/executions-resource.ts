import { z } from 'zod'
import type { FlowChanges } from '../../../domains/flows/changes/flow-changes.ts'
import { findExecution } from '../../../domains/flows/changes/flow-executions.ts'
import type { Providers } from '../../../domains/providers/providers.ts'
import {
  allRequirements,
  type Requirement,
} from '../../../domains/providers/requirement-choices.ts'
import { execution as executionSchema } from '../../../domains/realms/flow-schema.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import type { AuthenticationFlow } from '../../../domains/realms/realm.ts'
import { anything, integer, shortText, text } from '../../../domains/realms/scalars.ts'
import type { Logger } from '../../../log/logger.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { executionAnswer, listedExecutionAnswer } from '../representations/authentication.ts'
import { executionRepresentation, executionTree } from './executions.ts'
import { flowByAlias } from './flows-resource.ts'

interface Deps {
  readonly flowChanges: FlowChanges
  readonly providers: Providers
  readonly log: Logger
}

const managesRealm = anyOf(['manage-realm'])
const requirements: ReadonlySet<string | undefined> = new Set(allRequirements)

const executionInfoShape = {
  name: 'AuthenticationExecutionInfoRepresentation',
  schema: z.strictObject({
    id: text,
    requirement: text,
    displayName: text,
    alias: shortText,
    description: shortText,
    requirementChoices: anything,
    configurable: anything,
    authenticationFlow: anything,
    providerId: text,
    authenticationConfig: text,
    flowId: text,
    level: integer,
    index: integer,
    priority: integer,
  }),
}
type InfoBody = z.output<typeof executionInfoShape.schema> | undefined

const newExecutionShape = {
  name: 'Map',
  schema: z.looseObject({ provider: shortText, priority: integer }),
}
type NewBody = z.output<typeof newExecutionShape.schema> | undefined

const subFlowShape = {
  name: 'Map',
  schema: z.looseObject({
    alias: shortText,
    type: text,
    provider: shortText,
    description: text,
    priority: integer,
  }),
}
type SubFlowBody = z.output<typeof subFlowShape.schema> | undefined

const executionShape = {
  name: 'AuthenticationExecutionRepresentation',
  schema: executionSchema,
}
type ExecutionBody = z.output<typeof executionShape.schema> | undefined

/** What flows consist of: their executions, and flows inside flows. */
export function registerExecutions(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/authentication/executions/:executionId',
    may: viewsRealm,
    answer: executionAnswer,
    handle: async ({ realm, params }) => {
      const placed = findExecution(realm.settings, params['executionId'] ?? '')
      if (!placed) throw notFound('Illegal execution')
      return executionRepresentation(realm, placed)
    },
  })
  routes.add({
    method: 'GET',
    path: '/authentication/flows/:flowAlias/executions',
    may: viewsRealm,
    answer: listOf(listedExecutionAnswer),
    handle: async ({ realm, params }) =>
      executionTree(deps.providers, realm, flowByAlias(realm, params['flowAlias'] ?? '')),
  })
  registerAdding(routes, deps)
  registerSubFlow(routes, deps)
  registerChanging(routes, deps)
}

function registerAdding(routes: AdminRoutes<Deps>, deps: Deps): void {
  const add = async (
    call: AdminCall<unknown, Deps>,
    parent: (flows: AuthenticationFlow[]) => AuthenticationFlow | undefined,
    given: {
      id?: string | undefined
      authenticator?: string | undefined
      priority?: number | undefined
      requirement?: Requirement | undefined
    },
  ) => {
    const id = given.id ?? newUuid()
    const isNamed = call.params['flowAlias'] !== undefined
    const trace = await call.ownTrace(
      isNamed
        ? { representation: { ...(call.body as object | undefined), id } }
        : {
            resourcePath: `authentication/executions/${id}`,
            representation: {
              authenticatorFlow: false,
              autheticatorFlow: false,
              ...(call.body as object | undefined),
            },
          },
    )
    await asBadRequest(
      deps.flowChanges.addExecution(call.realm.id, parent, { ...given, id }, trace),
    )
    noteIdle(deps, call, given.authenticator)
    return created(call.reply, `${call.realmUrl}/authentication/executions/${id}`)
  }
  routes.add<NewBody>({
    method: 'POST',
    path: '/authentication/flows/:flowAlias/executions/execution',
    may: managesRealm,
    body: newExecutionShape,
    event: { operation: 'CREATE', resourceType: 'AUTH_EXECUTION' },
    handle: async (call) => {
      const { flowAlias } = call.params
      const { provider, priority } = call.body ?? {}
      const given = { authenticator: provider, priority }
      return await add(call, (flows) => flows.find(({ alias }) => alias === flowAlias), given)
    },
  })
  routes.add<ExecutionBody>({
    method: 'POST',
    path: '/authentication/executions',
    may: managesRealm,
    body: executionShape,
    event: { operation: 'CREATE', resourceType: 'AUTH_EXECUTION' },
    handle: async (call) => {
      const { id, parentFlow, authenticator, priority, requirement } = call.body ?? {}
      const given = { id, authenticator, priority, requirement: checkedRequirement(requirement) }
      return await add(call, (flows) => flows.find(({ id }) => id === parentFlow), given)
    },
  })
}

function registerSubFlow(routes: AdminRoutes<Deps>, { flowChanges }: Deps): void {
  routes.add<SubFlowBody>({
    method: 'POST',
    path: '/authentication/flows/:flowAlias/executions/flow',
    may: managesRealm,
    body: subFlowShape,
    event: { operation: 'CREATE', resourceType: 'AUTH_EXECUTION_FLOW' },
    handle: async (call) => {
      const { flowAlias = '' } = call.params
      const { alias = '', type = 'basic-flow', provider, description, priority } = call.body ?? {}
      if (alias === '') throw badRequest('Failed to create flow with empty alias name')
      const id = newUuid()
      const flow = { id, alias, description, providerId: type, topLevel: false }
      const execution = { id: newUuid(), authenticator: provider, priority }
      const trace = await call.ownTrace({ representation: { ...call.body, id: execution.id } })
      const { realm } = call
      await asBadRequest(flowChanges.addSubFlow(realm.id, flowAlias, flow, execution, trace))
      return created(call.reply, `${call.realmUrl}/authentication/flows/${id}`)
    },
  })
}

function registerChanging(routes: AdminRoutes<Deps>, { flowChanges }: Deps): void {
  routes.add<InfoBody>({
    method: 'PUT',
    path: '/authentication/flows/:flowAlias/executions',
    may: managesRealm,
    body: executionInfoShape,
    event: { operation: 'UPDATE', resourceType: 'AUTH_EXECUTION' },
    handle: async (call) => {
      const { realm, params, body } = call
      flowByAlias(realm, params['flowAlias'] ?? '', 'flow not found')
      const placed = findExecution(realm.settings, body?.id ?? '')
      if (!placed) throw notFound('Illegal execution')
      const requirement = checkedRequirement(body?.requirement) ?? placed.execution.requirement
      // A number in Keycloak's representation, so 0 where it is left out.
      const { priority = 0 } = body ?? {}
      const change = { requirement, priority }
      const representation = { level: 0, index: 0, priority: 0, ...body }
      const trace = await call.ownTrace({ representation })
      await flowChanges.changeExecution(realm.id, placed.id, change, trace)
    },
  })
  for (const [direction, towards] of [
    ['raise', 'first'],
    ['lower', 'last'],
  ] as const) {
    routes.add({
      method: 'POST',
      path: `/authentication/executions/:executionId/${direction}-priority`,
      may: managesRealm,
      event: { operation: 'UPDATE', resourceType: 'AUTH_EXECUTION' },
      handle: async (call) => {
        const { executionId = '' } = call.params
        const trace = await call.ownTrace()
        const { realm } = call
        await asBadRequest(flowChanges.moveExecution(realm.id, executionId, towards, trace))
      },
    })
  }
  routes.add({
    method: 'DELETE',
    path: '/authentication/executions/:executionId',
    may: managesRealm,
    event: { operation: 'DELETE', resourceType: 'AUTH_EXECUTION' },
    handle: async (call) => {
      const { executionId = '' } = call.params
      const trace = await call.ownTrace()
      await asBadRequest(flowChanges.removeExecution(call.realm.id, executionId, trace))
    },
  })
}

/** @throws HttpError 400 */
function checkedRequirement(requirement: string | undefined): Requirement | undefined {
  if (requirement === undefined) return undefined
  if (!requirements.has(requirement)) throw badRequest('invalid_request', 'Unknown requirement')
  return requirement as Requirement
}

/** Refusals of flows are told in `error`, not in `errorMessage`. */
async function asBadRequest(change: Promise<void>): Promise<void> {
  try {
    await change
  } catch (error) {
    if (error instanceof ModelError && error.reason === 'invalid') throw badRequest(error.message)
    throw error
  }
}

/** What is stored but does not act yet is told to the operator when it is stored. */
function noteIdle(
  { providers, log }: Deps,
  { realm }: AdminCall<unknown, Deps>,
  id: string | undefined,
): void {
  const kind = (['authenticator', 'form-action', 'client-authenticator'] as const).find((each) =>
    providers.find(each, id ?? ''),
  )
  if (kind === undefined || providers.acts(kind, id ?? '')) return
  log.warn(
    `A flow of realm ${realm.name} names ${id}, which is configuration only: it refuses every login that reaches it`,
  )
}
