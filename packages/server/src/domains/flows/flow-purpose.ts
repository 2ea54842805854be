import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientRequest } from './engine/client-request.ts'

/** What a flow is run for. */
export const flowPurposes = [
  'browser',
  'direct-grant',
  'registration',
  'reset-credentials',
  'first-broker-login',
  'post-broker-login',
  'docker',
] as const

export type FlowPurpose = (typeof flowPurposes)[number]

/** Bindings of a realm that a client may override by the id of another flow; an empty one counts as none. */
const overrides: Readonly<Partial<Record<FlowPurpose, string>>> = {
  browser: 'browser',
  'direct-grant': 'direct_grant',
}

/** @returns alias or id of the flow that a realm, or its client, has bound to the purpose; undefined where none is */
export function boundFlow(realm: Realm, client: Client, purpose: FlowPurpose): string | undefined {
  const override = overrides[purpose]
  const { authenticationFlowBindingOverrides: own } = client.representation
  const chosen = override === undefined ? undefined : own?.[override] || undefined
  return chosen ?? realmFlow(realm, purpose)
}

function realmFlow({ settings }: Realm, purpose: FlowPurpose): string | undefined {
  switch (purpose) {
    case 'browser':
      return settings.browserFlow
    case 'direct-grant':
      return settings.directGrantFlow
    case 'registration':
      return settings.registrationFlow
    case 'reset-credentials':
      return settings.resetCredentialsFlow
    case 'first-broker-login':
      return settings.firstBrokerLoginFlow
    case 'docker':
      return settings.dockerAuthenticationFlow
    // Each identity provider names its own.
    case 'post-broker-login':
      return undefined
  }
}

/** @returns what a client sends its user for: `prompt=create` alone asks for a new account (Prompt Create 1.0 §4) */
export function purposeOf({ prompt }: Pick<ClientRequest, 'prompt'>): FlowPurpose {
  return prompt.length === 1 && prompt[0] === 'create' ? 'registration' : 'browser'
}
