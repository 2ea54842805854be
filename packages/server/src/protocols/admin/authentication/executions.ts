import { createHash } from 'node:crypto'
import type { Providers } from '../../../domains/providers/providers.ts'
import { allRequirements, any, onOrOff } from '../../../domains/providers/requirement-choices.ts'
import type {
  AuthenticationExecution,
  AuthenticationFlow,
  Realm,
} from '../../../domains/realms/realm.ts'
import { executionProvider } from './authentication-providers.ts'

/** Deepest nesting of flows that is shown: a flow that contains itself must not go on for ever. */
const levelsMax = 20

/** An execution with the flow that it is in. */
export interface PlacedExecution {
  readonly id: string
  readonly execution: AuthenticationExecution
  readonly parent: AuthenticationFlow
}

/** @returns the id of an execution: its own, or one that follows from where it is */
function executionId(parent: AuthenticationFlow, execution: AuthenticationExecution): string {
  if (execution.id !== undefined) return execution.id
  const { authenticator = '', flowAlias = '', priority } = execution
  const hash = createHash('sha256')
    .update(`${parent.id} ${authenticator} ${flowAlias} ${priority}`)
    .digest('hex')
  const [, a, b, c, d, e] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(hash) ?? []
  return [a, b, c, d, e].join('-')
}

/** @returns the executions of a flow by priority */
export function executionsOf(parent: AuthenticationFlow): PlacedExecution[] {
  return parent.authenticationExecutions
    .map((execution) => ({ id: executionId(parent, execution), execution, parent }))
    .toSorted((a, b) => a.execution.priority - b.execution.priority)
}

/** @returns the execution with that id in any flow of the realm */
export function findExecution(realm: Realm, id: string): PlacedExecution | undefined {
  for (const flow of realm.settings.authenticationFlows) {
    const found = executionsOf(flow).find((placed) => placed.id === id)
    if (found) return found
  }
  return undefined
}

/** @returns the executions of a flow and of the flows in it, as Keycloak's AuthenticationExecutionInfoRepresentation */
export function executionTree(
  providers: Providers,
  realm: Realm,
  flow: AuthenticationFlow,
  level = 0,
): unknown[] {
  if (level > levelsMax) return []
  return executionsOf(flow).flatMap((placed, index) => {
    const nested = placed.execution.flowAlias
      ? realm.settings.authenticationFlows.find((f) => f.alias === placed.execution.flowAlias)
      : undefined
    const shown = executionEntry(providers, realm, placed, nested, level, index)
    return nested ? [shown, ...executionTree(providers, realm, nested, level + 1)] : [shown]
  })
}

function executionEntry(
  providers: Providers,
  realm: Realm,
  { id, execution }: PlacedExecution,
  nested: AuthenticationFlow | undefined,
  level: number,
  index: number,
) {
  const { requirement, authenticator, authenticatorConfig, priority } = execution
  const place = { level, index, priority }
  if (nested) {
    return {
      id,
      requirement,
      displayName: nested.alias,
      ...(nested.description === undefined ? {} : { description: nested.description }),
      requirementChoices: nested.providerId === 'form-flow' ? onOrOff : allRequirements,
      configurable: false,
      authenticationFlow: true,
      ...(authenticator === undefined ? {} : { providerId: authenticator }),
      flowId: nested.id,
      ...place,
    }
  }
  const provider = executionProvider(providers, authenticator ?? '')
  const config = realm.settings.authenticatorConfig.find((c) => c.alias === authenticatorConfig)
  return {
    id,
    requirement,
    displayName: provider?.name ?? authenticator ?? '',
    ...(config ? { alias: config.alias } : {}),
    requirementChoices: provider?.choices ?? any,
    configurable: (provider?.properties.length ?? 0) > 0,
    providerId: authenticator,
    ...(config ? { authenticationConfig: config.id } : {}),
    ...place,
  }
}

/** @returns one execution as `GET /authentication/executions/{id}` shows it */
export function executionRepresentation(realm: Realm, { id, execution, parent }: PlacedExecution) {
  const { userSetupAllowed: _, flowAlias, authenticatorConfig, id: __, ...rest } = execution
  const nested = realm.settings.authenticationFlows.find(({ alias }) => alias === flowAlias)
  const config = realm.settings.authenticatorConfig.find((c) => c.alias === authenticatorConfig)
  return {
    ...rest,
    ...(config ? { authenticatorConfig: config.id } : {}),
    autheticatorFlow: execution.authenticatorFlow,
    id,
    ...(nested ? { flowId: nested.id } : {}),
    parentFlow: parent.id,
  }
}
