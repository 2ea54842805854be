import { newUuid } from '../../../shared/random.ts'
import type { AuthenticationFlow, AuthenticatorConfig, RealmSettings } from '../../realms/realm.ts'
import { configOf, executionsOf } from './flow-executions.ts'

/** Deepest nesting of flows that is copied: a flow that contains itself must not go on for ever. */
const levelsMax = 20

type Named = Pick<AuthenticationFlow, 'alias' | 'id' | 'topLevel'>

/**
 * Copies a flow, the flows in it (named after the copy) and their configurations.
 * @param name of the copy
 * @returns the settings with the copies
 */
export function copiedFlow(
  settings: RealmSettings,
  flow: AuthenticationFlow,
  name: Named,
): RealmSettings {
  const flows: AuthenticationFlow[] = []
  const configs: AuthenticatorConfig[] = []
  const copy = (from: AuthenticationFlow, as: Named, level: number): void => {
    const executions = executionsOf(from).map(({ execution }) => {
      const { flowAlias, authenticatorConfig: _, ...rest } = execution
      const config = configOf(settings, execution)
      const copied = config && { ...config, id: newUuid(), alias: `${name.alias} ${config.alias}` }
      if (copied) configs.push(copied)
      const inner = settings.authenticationFlows.find(({ alias }) => alias === flowAlias)
      const alias = inner && `${name.alias} ${inner.alias}`
      if (inner && alias !== undefined && level < levelsMax) {
        copy(inner, { id: newUuid(), alias, topLevel: false }, level + 1)
      }
      return {
        ...rest,
        id: newUuid(),
        ...(alias === undefined ? {} : { flowAlias: alias }),
        ...(copied ? { authenticatorConfig: copied.id } : {}),
      }
    })
    flows.push({ ...from, ...as, builtIn: false, authenticationExecutions: executions })
  }
  copy(flow, name, 0)
  return {
    ...settings,
    authenticationFlows: [...settings.authenticationFlows, ...flows],
    authenticatorConfig: [...settings.authenticatorConfig, ...configs],
  }
}
