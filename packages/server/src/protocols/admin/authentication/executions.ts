import {
  configOf,
  executionsOf,
  type PlacedExecution,
} from '../../../domains/flows/changes/flow-executions.ts'
import type { Providers } from '../../../domains/providers/providers.ts'
import { any, onOrOff } from '../../../domains/providers/requirement-choices.ts'
import { walkedExecutionsMax } from '../../../domains/realms/bounded-flows.ts'
import type {
  AuthenticationFlow,
  AuthenticatorConfig,
  Realm,
} from '../../../domains/realms/realm.ts'
import { masked } from '../../../domains/realms/secret-members.ts'
import { executionProvider } from './authentication-providers.ts'

/** Deepest nesting of flows that is shown: a flow that contains itself must not go on for ever. */
const levelsMax = 20
/** @returns the executions of a flow and of the flows in it, as Keycloak's AuthenticationExecutionInfoRepresentation */
export function executionTree(
  providers: Providers,
  realm: Realm,
  flow: AuthenticationFlow,
  level = 0,
  walk = { left: walkedExecutionsMax },
): unknown[] {
  if (level > levelsMax) return []
  return executionsOf(flow).flatMap((placed, index) => {
    walk.left -= 1
    if (walk.left < 0) return []
    const nested = placed.execution.flowAlias
      ? realm.settings.authenticationFlows.find((f) => f.alias === placed.execution.flowAlias)
      : undefined
    const shown = executionEntry(providers, realm, placed, nested, level, index)
    return nested ? [shown, ...executionTree(providers, realm, nested, level + 1, walk)] : [shown]
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
  const { requirement, authenticator, priority } = execution
  const place = { level, index, priority }
  if (nested) {
    return {
      id,
      requirement,
      displayName: nested.alias,
      ...(nested.description === undefined ? {} : { description: nested.description }),
      requirementChoices: nested.providerId === 'form-flow' ? onOrOff : [...any, 'CONDITIONAL'],
      configurable: false,
      authenticationFlow: true,
      ...(authenticator === undefined ? {} : { providerId: authenticator }),
      flowId: nested.id,
      ...place,
    }
  }
  const provider = executionProvider(providers, authenticator ?? '')
  const config = configOf(realm.settings, execution)
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
  const { userSetupAllowed: _, flowAlias, authenticatorConfig: __, id: ___, ...rest } = execution
  const nested = realm.settings.authenticationFlows.find(({ alias }) => alias === flowAlias)
  const config = configOf(realm.settings, execution)
  return {
    ...rest,
    ...(config ? { authenticatorConfig: config.id } : {}),
    autheticatorFlow: execution.authenticatorFlow,
    id,
    ...(nested ? { flowId: nested.id } : {}),
    parentFlow: parent.id,
  }
}

/** @returns a flow as lists show it: configurations by their aliases */
export function flowRepresentation(realm: Realm, flow: AuthenticationFlow) {
  const inOrder = flow.authenticationExecutions.toSorted((a, b) => a.priority - b.priority)
  const executions = inOrder.map(({ id: _, ...execution }) => {
    const config = configOf(realm.settings, execution)
    return {
      ...execution,
      ...(config ? { authenticatorConfig: config.alias } : {}),
      autheticatorFlow: execution.authenticatorFlow,
    }
  })
  return { ...flow, authenticationExecutions: executions }
}

/** @returns a configuration; what its execution's provider does not know, or calls secret, is masked */
export function configRepresentation(
  providers: Providers,
  { settings }: Realm,
  config: AuthenticatorConfig,
): AuthenticatorConfig {
  const shown = Object.entries(config.config).map(([name, value]) => [
    name,
    plainSettings(providers, settings, config).has(name) ? value : masked,
  ])
  return { ...config, config: Object.fromEntries(shown) }
}

function plainSettings(
  providers: Providers,
  settings: Realm['settings'],
  config: AuthenticatorConfig,
): ReadonlySet<string> {
  for (const { authenticationExecutions } of settings.authenticationFlows) {
    const named = authenticationExecutions.find((one) => configOf(settings, one) === config)
    if (!named) continue
    const properties = executionProvider(providers, named.authenticator ?? '')?.properties ?? []
    return new Set(properties.filter(({ secret }) => !secret).map(({ name }) => name))
  }
  return new Set()
}
