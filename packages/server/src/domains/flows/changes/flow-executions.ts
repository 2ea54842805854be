import { createHash } from 'node:crypto'
import type {
  AuthenticationExecution,
  AuthenticationFlow,
  AuthenticatorConfig,
  RealmSettings,
} from '../../realms/realm.ts'

/** An execution with the flow that it is in. */
export interface PlacedExecution {
  readonly id: string
  readonly execution: AuthenticationExecution
  readonly parent: AuthenticationFlow
}

type Settings = Pick<RealmSettings, 'authenticationFlows' | 'authenticatorConfig'>

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

/** @returns the execution with that id in any of the flows */
export function findExecution(settings: Settings, id: string): PlacedExecution | undefined {
  for (const flow of settings.authenticationFlows) {
    const found = executionsOf(flow).find((placed) => placed.id === id)
    if (found) return found
  }
  return undefined
}

/**
 * @returns the flow with its executions by priority, each with its id in the row: the id that follows from a place would
 *   change with it
 */
export function withOwnIds(flow: AuthenticationFlow): AuthenticationFlow {
  const authenticationExecutions = executionsOf(flow).map(({ id, execution }) => ({
    ...execution,
    id,
  }))
  return { ...flow, authenticationExecutions }
}

/** @returns the configuration that an execution names, by its id or, as in exports, by its alias */
export function configOf(
  { authenticatorConfig }: Pick<RealmSettings, 'authenticatorConfig'>,
  execution: Pick<AuthenticationExecution, 'authenticatorConfig'>,
): AuthenticatorConfig | undefined {
  const named = execution.authenticatorConfig
  if (named === undefined) return undefined
  return (
    authenticatorConfig.find(({ id }) => id === named) ??
    authenticatorConfig.find(({ alias }) => alias === named)
  )
}
