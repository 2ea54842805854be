import { z } from 'zod'
import type {
  AuthenticationExecution,
  AuthenticationFlow,
  Realm,
} from '../../../domains/realms/realm.ts'
import { anything, integer, text } from '../../../domains/realms/scalars.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import {
  executionRepresentation,
  executionTree,
  findExecution,
  type PlacedExecution,
} from './executions.ts'

const view = ['view-realm', 'manage-realm'] as const
const requirements: ReadonlySet<string> = new Set([
  'REQUIRED',
  'ALTERNATIVE',
  'CONDITIONAL',
  'DISABLED',
])

const executionShape = {
  name: 'AuthenticationExecutionInfoRepresentation',
  schema: z.strictObject({
    id: text,
    requirement: text,
    displayName: text,
    alias: text,
    description: text,
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
type ExecutionBody = z.output<typeof executionShape.schema> | undefined

/** Keycloak leaves it out of the listing. */
const hiddenFlow = 'saml ecp'

/** Flows, their executions and configurations: reading, and changing requirements. */
export function registerFlows(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/authentication/flows',
    may: anyOf(view),
    handle: async ({ realm }) =>
      realm.settings.authenticationFlows
        .filter(({ topLevel, alias }) => topLevel && alias !== hiddenFlow)
        .map(shown),
  })
  routes.add({
    method: 'GET',
    path: '/authentication/flows/:flowId',
    may: anyOf(view),
    handle: async ({ realm, params }) => {
      const flow = realm.settings.authenticationFlows.find(({ id }) => id === params['flowId'])
      if (!flow) throw notFound('Could not find flow with id')
      return shown(flow)
    },
  })
  for (const path of ['/authentication/config', '/authentication/executions/:executionId/config']) {
    routes.add({
      method: 'GET',
      path: `${path}/:configId`,
      may: anyOf(view),
      handle: async ({ realm, params }) => {
        const { authenticatorConfig } = realm.settings
        const config = authenticatorConfig.find(({ id }) => id === params['configId'])
        if (!config) throw notFound('Could not find authenticator config')
        return config
      },
    })
  }
  registerExecutions(routes, deps)
}

function registerExecutions(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/authentication/executions/:executionId',
    may: anyOf(view),
    handle: async ({ realm, params }) => {
      const placed = findExecution(realm, params['executionId'] ?? '')
      if (!placed) throw notFound('Illegal execution')
      return executionRepresentation(realm, placed)
    },
  })
  routes.add({
    method: 'GET',
    path: '/authentication/flows/:flowAlias/executions',
    may: anyOf(view),
    handle: async ({ realm, params }) =>
      executionTree(deps.providers, realm, flowByAlias(realm, params['flowAlias'] ?? '')),
  })
  routes.add<ExecutionBody>({
    method: 'PUT',
    path: '/authentication/flows/:flowAlias/executions',
    may: anyOf(['manage-realm']),
    body: executionShape,
    handle: async (call) => {
      const { realm, params, body } = call
      flowByAlias(realm, params['flowAlias'] ?? '')
      const placed = findExecution(realm, body?.id ?? '')
      if (!placed) throw notFound('Illegal execution')
      const { requirement = placed.execution.requirement, priority } = body ?? {}
      if (!requirements.has(requirement)) throw badRequest('invalid_request', 'Unknown requirement')
      await changeExecution(deps, realm, placed, {
        requirement: requirement as AuthenticationExecution['requirement'],
        priority: priority ?? placed.execution.priority,
      })
      const resourcePath = `authentication/flows/${params['flowAlias']}/executions`
      call.record('UPDATE', 'AUTH_EXECUTION', resourcePath, body)
    },
  })
}

function flowByAlias(realm: Realm, alias: string): AuthenticationFlow {
  const flow = realm.settings.authenticationFlows.find((each) => each.alias === alias)
  if (!flow) throw notFound('Flow not found')
  return flow
}

/** The execution keeps its id in the row from now on: the id that follows from its place would change with it. */
async function changeExecution(
  deps: AdminDeps,
  realm: Realm,
  placed: PlacedExecution,
  change: Pick<AuthenticationExecution, 'requirement' | 'priority'>,
): Promise<void> {
  await deps.realms.changeSettings(realm.id, (settings) => ({
    ...settings,
    authenticationFlows: settings.authenticationFlows.map((flow) => {
      if (flow.id !== placed.parent.id) return flow
      const authenticationExecutions = flow.authenticationExecutions.map((execution) =>
        isSame(execution, placed) ? { ...execution, ...change, id: placed.id } : execution,
      )
      return { ...flow, authenticationExecutions }
    }),
  }))
}

function isSame(execution: AuthenticationExecution, { id, execution: wanted }: PlacedExecution) {
  if (execution.id !== undefined) return execution.id === id
  return (
    execution.priority === wanted.priority &&
    execution.authenticator === wanted.authenticator &&
    execution.flowAlias === wanted.flowAlias
  )
}

function shown(flow: AuthenticationFlow) {
  const executions = flow.authenticationExecutions.map(({ id: _, ...execution }) => ({
    ...execution,
    autheticatorFlow: execution.authenticatorFlow,
  }))
  return { ...flow, authenticationExecutions: executions }
}
