import type { IdentityProviderSummary } from '../../identity-providers/identity-provider.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { AuthenticationFlow, RealmSettings } from '../../realms/realm.ts'
import { configOf } from './flow-executions.ts'

/** Where a realm binds flows. */
export const flowBindings = [
  'browserFlow',
  'registrationFlow',
  'directGrantFlow',
  'resetCredentialsFlow',
  'clientAuthenticationFlow',
  'dockerAuthenticationFlow',
  'firstBrokerLoginFlow',
] as const

/** @returns whether a flow runs for those who come from an identity provider */
export function runsFlow({ members }: IdentityProviderSummary, alias: string): boolean {
  return (
    members['firstBrokerLoginFlowAlias'] === alias || members['postBrokerLoginFlowAlias'] === alias
  )
}

/** @throws ModelError `invalid` for a flow that the realm, an identity provider or another flow uses */
export function requireUnusedFlow(
  settings: RealmSettings,
  providers: readonly IdentityProviderSummary[],
  alias: string,
): void {
  const bound = flowBindings.some((name) => settings[name] === alias)
  if (bound || providers.some((provider) => runsFlow(provider, alias)))
    throw new ModelError('invalid', `Flow ${alias} is in use`)
}

/** @returns the settings without a flow, the flows in it, their configurations, and the executions that named it */
export function withoutFlow(settings: RealmSettings, flow: AuthenticationFlow): RealmSettings {
  const gone = new Set<string>()
  const configs = new Set<unknown>()
  const visit = (each: AuthenticationFlow): void => {
    if (gone.has(each.alias)) return
    gone.add(each.alias)
    for (const execution of each.authenticationExecutions) {
      const config = configOf(settings, execution)
      if (config) configs.add(config)
      const inner = settings.authenticationFlows.find(({ alias }) => alias === execution.flowAlias)
      if (inner && !inner.topLevel) visit(inner)
    }
  }
  visit(flow)
  const authenticationFlows = settings.authenticationFlows
    .filter(({ alias }) => !gone.has(alias))
    .map((each) => ({
      ...each,
      authenticationExecutions: each.authenticationExecutions.filter(
        ({ flowAlias }) => flowAlias === undefined || !gone.has(flowAlias),
      ),
    }))
  const authenticatorConfig = settings.authenticatorConfig.filter((config) => !configs.has(config))
  return { ...settings, authenticationFlows, authenticatorConfig }
}
