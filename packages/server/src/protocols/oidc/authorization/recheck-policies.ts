import { type ClientRequest, flowParameter } from '../../../domains/flows/engine/client-request.ts'
import { FlowFailure } from '../../../domains/flows/engine/flow-failure.ts'
import type { LoginParties } from '../../../domains/flows/login-protocol.ts'
import { ClientPolicyRefusal } from '../../../domains/policy-enforcement/client-policy-refusal.ts'
import { rulesVersion } from '../../../domains/policy-enforcement/enforced-policies.ts'
import type { PolicyEnforcement } from '../../../domains/policy-enforcement/policy-enforcement.ts'
import type {
  ClientCall,
  PolicyEffects,
} from '../../../domains/policy-enforcement/policy-occasion.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { AuthorizationError } from './authorization-error.ts'
import { objectAs, pushedAs } from './request-form.ts'

/** Parameter of a login under way: what client policies said when its request came. No request can set it. */
const rulesAs = 'policies'

type Rules = Pick<LoginParties, 'realm' | 'client'>

/** A login remembers which policies let its request pass, and the flow that they want. */
export function withPolicies(
  request: ClientRequest,
  { realm, client }: Rules,
  { flow }: PolicyEffects,
): ClientRequest {
  const parameters: Record<string, string> = { ...request.parameters }
  parameters[rulesAs] = rulesVersion(realm, client)
  if (flow !== undefined) parameters[flowParameter] = flow.alias
  return { ...request, parameters }
}

/**
 * Asks the client policies of today about a request under way.
 * @returns null when it is still good; an AuthorizationError for the client, or a FlowFailure where the browser must not be
 *   sent there any more
 */
export async function policyProblem(
  policies: Pick<PolicyEnforcement, 'enforce'>,
  parties: LoginParties,
  request: ClientRequest,
): Promise<AuthorizationError | FlowFailure | null> {
  // A link in a mail has begun it, and no client.
  if (request.parameters[rulesAs] === undefined) return null
  const call = callOf(parties, request)
  try {
    await policies.enforce({ ...call, event: 'PRE_AUTHORIZATION_REQUEST' })
    const { flow } = await policies.enforce({ ...call, event: 'AUTHORIZATION_REQUEST' })
    if (flow?.alias === request.parameters[flowParameter]) return null
    // It would end without what the policies want to see by now. In Keycloak's words for a login that has to begin again.
    return new AuthorizationError('temporarily_unavailable', 'authentication_expired')
  } catch (error) {
    if (!(error instanceof ClientPolicyRefusal)) throw error
    if (!error.ofRedirect) return new AuthorizationError(error.error, error.message)
    return new FlowFailure(error.error, { message: { key: error.message } })
  }
}

function callOf(parties: LoginParties, request: ClientRequest): Omit<ClientCall, 'event'> {
  const { realm, client, frontendUrl } = parties
  const { scope, redirectUri } = request
  const {
    [pushedAs]: reference,
    [objectAs]: object,
    [rulesAs]: rules,
    [flowParameter]: _,
    ...kept
  } = request.parameters
  const parameters = new URLSearchParams({ ...kept, ...(scope === '' ? {} : { scope }) })
  const sent = new URLSearchParams(
    reference === undefined ? parameters : { request_uri: reference },
  )
  // What stood in it is not known any more: who wants to see that now has it sent anew.
  if (object !== undefined) sent.set('request', '')
  return {
    ...{ realm, client, issuer: issuerOf({ frontend: frontendUrl }, realm) },
    ...{ sent, parameters, scope, redirectUri },
    pushed: reference === undefined ? 'no' : 'yes',
    resumed: rules === rulesVersion(realm, client) ? 'under-same-rules' : 'under-other-rules',
  }
}
