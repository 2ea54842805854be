import type { ProviderKind, Providers } from '../../providers/providers.ts'
import type { CompleteRealm } from '../complete-representation.ts'
import type { Finding } from './finding.ts'

const brokerBinding = 'firstBrokerLoginFlow'
const bindings = [
  'browserFlow',
  'registrationFlow',
  'directGrantFlow',
  'resetCredentialsFlow',
  'clientAuthenticationFlow',
  'dockerAuthenticationFlow',
  brokerBinding,
]
const kindOfFlow: Readonly<Record<string, ProviderKind>> = {
  'client-flow': 'client-authenticator',
  'form-flow': 'form-action',
}

type Flow = NonNullable<CompleteRealm['authenticationFlows']>[number]

/** @returns steps of flows that are not there, or do nothing here, and required actions likewise */
export function flowFindings(realm: CompleteRealm, providers: Providers): Finding[] {
  const flows = realm.authenticationFlows ?? []
  const used = usedFlows(realm, flows)
  const findings = flows.flatMap((flow) =>
    (flow.authenticationExecutions ?? []).flatMap((execution): Finding[] => {
      const { authenticator, flowAlias, requirement } = execution
      if (requirement === 'DISABLED') return []
      const inUse = used.has(flow.alias)
      const where = `flow ${flow.alias}`
      if (flowAlias && !flows.some(({ alias }) => alias === flowAlias)) {
        return [blockedIf(inUse, `${where} names the flow ${flowAlias}, which is not there`)]
      }
      if (!authenticator) return []
      const kind = kindOfStep(flow, flowAlias)
      if (!providers.find(kind, authenticator)) {
        return [blockedIf(inUse, `${where}: the step ${authenticator} is unknown here`)]
      }
      if (providers.acts(kind, authenticator)) return []
      const text = `${where}: the step ${authenticator} is configuration only`
      return [inUse && requirement === 'REQUIRED' ? blockedIf(true, text) : idle('flow', text)]
    }),
  )
  const bound = bindings.flatMap((binding): Finding[] => {
    const alias = realm[binding]
    const there = typeof alias !== 'string' || flows.some((flow) => flow.alias === alias)
    return there ? [] : [blockedIf(true, `${binding} names ${alias}, which is not there`)]
  })
  return [...findings, ...bound, ...actionFindings(realm, providers)]
}

/** A form of fields has form actions in it, but is itself a step of its flow. */
function kindOfStep(flow: Flow, flowAlias: string | undefined): ProviderKind {
  if (flowAlias) return 'form-authenticator'
  return kindOfFlow[flow.providerId ?? ''] ?? 'authenticator'
}

/** Flows that a realm or a client is bound to, with what they contain; logins through others are configuration only. */
function usedFlows(realm: CompleteRealm, flows: readonly Flow[]): ReadonlySet<string> {
  const byId = new Map(flows.map(({ id, alias }) => [id, alias]))
  const ofClients = realm.clients.flatMap((client) =>
    Object.values((client['authenticationFlowBindingOverrides'] ?? {}) as Record<string, string>),
  )
  const waiting = [
    ...bindings.filter((name) => name !== brokerBinding).map((name) => realm[name]),
    ...ofClients.map((id) => byId.get(id) ?? id),
  ].filter((alias) => typeof alias === 'string')
  const used = new Set<string>()
  for (let alias = waiting.pop(); alias !== undefined; alias = waiting.pop()) {
    if (used.has(alias)) continue
    used.add(alias)
    const flow = flows.find((one) => one.alias === alias)
    for (const { flowAlias } of flow?.authenticationExecutions ?? []) {
      if (flowAlias) waiting.push(flowAlias)
    }
  }
  return used
}

function actionFindings(realm: CompleteRealm, providers: Providers): Finding[] {
  return (realm.requiredActions ?? []).flatMap(({ alias, providerId, enabled }): Finding[] => {
    const id = providerId ?? alias
    if (enabled === false) return []
    if (!providers.find('required-action', id)) {
      return [{ severity: 'differs', subject: 'required action', text: `${id} is unknown here` }]
    }
    return providers.acts('required-action', id)
      ? []
      : [idle('required action', `${id} is configuration only`)]
  })
}

function blockedIf(inUse: boolean, text: string): Finding {
  return inUse
    ? { severity: 'blocks', subject: 'flow', text }
    : { severity: 'differs', subject: 'flow', text: `${text} (no client or realm uses the flow)` }
}

function idle(subject: string, text: string): Finding {
  return { severity: 'idle', subject, text }
}
