import type { ProviderKind } from '../../providers/providers.ts'
import { ModelError } from '../../realms/model-error.ts'
import type {
  AuthenticationExecution,
  AuthenticationFlow,
  AuthenticatorConfig,
  RealmSettings,
} from '../../realms/realm.ts'
import {
  configOf,
  executionsOf,
  findExecution,
  type PlacedExecution,
  withOwnIds,
} from './flow-executions.ts'
import { flowBindings } from './removed-flow.ts'

export type Flows = RealmSettings['authenticationFlows']

/** What may be said of a new flow. */
export interface NewFlow {
  readonly id: string
  readonly alias: string
  readonly description?: string | undefined
  readonly providerId: string
  readonly topLevel: boolean
}

/** @returns what executions of the flow may be */
export function kindOf({ providerId }: AuthenticationFlow): ProviderKind {
  if (providerId === 'form-flow') return 'form-action'
  return providerId === 'client-flow' ? 'client-authenticator' : 'authenticator'
}

/** @returns a new flow without executions */
export function flowRow({ description = '', ...flow }: NewFlow): AuthenticationFlow {
  return { ...flow, description, builtIn: false, authenticationExecutions: [] }
}

export function byAlias(flows: Flows, alias: string): AuthenticationFlow | undefined {
  return flows.find((flow) => flow.alias === alias)
}

/** @throws ModelError `missing` */
export function requireByAlias(flows: Flows, alias: string, message: string): AuthenticationFlow {
  const flow = byAlias(flows, alias)
  if (!flow) throw new ModelError('missing', message)
  return flow
}

/** @throws ModelError `missing` */
export function requireById(flows: Flows, id: string, message: string): AuthenticationFlow {
  const flow = flows.find((each) => each.id === id)
  if (!flow) throw new ModelError('missing', message)
  return flow
}

/** @throws ModelError `duplicate` */
export function requireFreeAlias(flows: Flows, alias: string, message: string): void {
  if (byAlias(flows, alias)) throw new ModelError('duplicate', message)
}

/** Longest id that whoever makes a flow or an execution may give it: characters, as Keycloak's column. */
const idCharactersMax = 36

/** @throws ModelError `conflict` for the id of a flow or an execution, `invalid` for a text that is too long */
export function requireFreeId(flows: Flows, id: string): void {
  if (id.length === 0 || id.length > idCharactersMax) {
    throw new ModelError('invalid', `An id has between 1 and ${idCharactersMax} characters`)
  }
  const taken = flows.some(
    (flow) => flow.id === id || executionsOf(flow).some((execution) => execution.id === id),
  )
  if (taken) throw new ModelError('conflict', 'The id is taken')
}

/** @throws ModelError `invalid` for no flow and for one that is built in */
export function requireEditable(
  flow: AuthenticationFlow | undefined,
  what: string,
): AuthenticationFlow {
  if (!flow) throw new ModelError('invalid', "Parent flow doesn't exist")
  if (flow.builtIn) {
    throw new ModelError('invalid', `It is illegal to add ${what} to a built in flow`)
  }
  return flow
}

/** @throws ModelError `missing` */
export function requireExecution(settings: RealmSettings, id: string): PlacedExecution {
  const placed = findExecution(settings, id)
  if (!placed) throw new ModelError('missing', 'Illegal execution')
  return placed
}

/** @throws ModelError `missing` */
export function requireConfig(
  { authenticatorConfig }: RealmSettings,
  id: string,
): AuthenticatorConfig {
  const config = authenticatorConfig.find((each) => each.id === id)
  if (!config) throw new ModelError('missing', 'Could not find authenticator config')
  return config
}

/** @returns the priority behind all executions of the flow */
export function nextPriority({ authenticationExecutions }: AuthenticationFlow): number {
  return Math.max(-1, ...authenticationExecutions.map(({ priority }) => priority)) + 1
}

/** @returns the flows with one of them in its new form */
export function replaced(flows: Flows, next: AuthenticationFlow): Flows {
  return flows.map((flow) => (flow.id === next.id ? next : flow))
}

/** @returns the flows with one more execution in one of them */
export function withExecution(
  flows: Flows,
  flow: AuthenticationFlow,
  execution: AuthenticationExecution,
): Flows {
  const { authenticationExecutions, ...rest } = withOwnIds(flow)
  return replaced(flows, {
    ...rest,
    authenticationExecutions: [...authenticationExecutions, execution],
  })
}

/** @returns the flows with one execution in its new form */
export function withChanged(
  flows: Flows,
  { id, parent }: PlacedExecution,
  next: AuthenticationExecution,
): Flows {
  const { authenticationExecutions, ...rest } = withOwnIds(parent)
  const changed = authenticationExecutions.map((each) => (each.id === id ? { ...next, id } : each))
  return replaced(flows, { ...rest, authenticationExecutions: changed })
}

/** Neighbours exchange their priorities. */
export function moved(flow: AuthenticationFlow, id: string, towards: 'first' | 'last') {
  const executions = [...flow.authenticationExecutions]
  const at = executions.findIndex((each) => each.id === id)
  const other = towards === 'first' ? at - 1 : at + 1
  const [one, two] = [executions[at], executions[other]]
  if (!one || !two) return executions
  executions[at] = { ...two, priority: one.priority }
  executions[other] = { ...one, priority: two.priority }
  return executions
}

/** @returns the settings with a flow in its new form; what names it follows */
export function renamed(
  settings: RealmSettings,
  from: string,
  next: AuthenticationFlow,
): RealmSettings {
  const bound = flowBindings
    .filter((name) => settings[name] === from)
    .map((name) => [name, next.alias] as const)
  const authenticationFlows = replaced(settings.authenticationFlows, next).map((flow) => ({
    ...flow,
    authenticationExecutions: flow.authenticationExecutions.map((execution) =>
      execution.flowAlias === from ? { ...execution, flowAlias: next.alias } : execution,
    ),
  }))
  return { ...settings, ...Object.fromEntries(bound), authenticationFlows }
}

/** Executions that name a configuration by its alias name it by its id from now on: the alias may change. */
export function withConfigById(
  settings: RealmSettings,
  config: AuthenticatorConfig,
): RealmSettings {
  const authenticationFlows = settings.authenticationFlows.map((flow) => ({
    ...flow,
    authenticationExecutions: flow.authenticationExecutions.map((execution) =>
      configOf(settings, execution) === config
        ? { ...execution, authenticatorConfig: config.id }
        : execution,
    ),
  }))
  return { ...settings, authenticationFlows }
}
