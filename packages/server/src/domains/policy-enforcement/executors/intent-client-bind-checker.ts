import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { type RuleConfiguration, textOf } from '../rule-configuration.ts'
import type { ExecutorDeps, PolicyExecutor } from './executor.ts'

const intentNameDefault = 'openbanking_intent_id'
const invalid = (text: string) => new ClientPolicyRefusal('invalid_request', text)

/** Asks a service whether an intent, named by the `claims` parameter, is the client's (Open Banking's lodging intent). */
export const intentClientBindChecker: PolicyExecutor = {
  id: 'intent-client-bind-checker',
  calls: { AUTHORIZATION_REQUEST: requireBound },
}

async function requireBound(
  { parameters, client, resumed }: ClientCall,
  configuration: RuleConfiguration,
  { postJson }: Pick<ExecutorDeps, 'postJson'>,
): Promise<void> {
  // The service is asked once in a login.
  if (resumed === 'under-same-rules') return
  const intentId = intentOf(
    parameters.get('claims'),
    textOf(configuration, 'intent-name') ?? intentNameDefault,
  )
  const endpoint = textOf(configuration, 'intent-client-bind-check-endpoint') ?? ''
  if (!/^https?:\/\//.test(endpoint)) {
    throw new ClientPolicyRefusal(
      'server_error',
      'invalid Intent Client Bind Check Endpoint setting',
    )
  }
  let answer: unknown
  try {
    answer = await postJson(endpoint, { intent_id: intentId, client_id: client.clientId })
  } catch {
    throw invalid('checking intent bound with client failed')
  }
  if ((answer as { is_bound?: unknown } | null)?.is_bound === true) return
  throw invalid('The intent is not bound with the client')
}

/** @throws ClientPolicyRefusal */
function intentOf(claims: string | null, name: string): string {
  if (!claims) throw invalid('no claim for an intent value in an authorization request')
  let members: Record<string, unknown> | undefined
  try {
    members = JSON.parse(claims)?.id_token ?? undefined
  } catch {
    throw invalid('invalid claim for an intent value')
  }
  const claim = members?.[name] as { essential?: unknown; value?: unknown } | null | undefined
  if (claim === undefined || claim === null) {
    throw invalid('no claim for an intent value for ID token')
  }
  if (claim.essential !== true) {
    throw invalid('not specifying a claim for an intent as essential claim')
  }
  if (typeof claim.value !== 'string') throw invalid('invalid intent value')
  return claim.value
}
