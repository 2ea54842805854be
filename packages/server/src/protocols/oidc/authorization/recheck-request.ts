import { redirectUriOf } from '../../../domains/clients/redirect-uri.ts'
import type { ClientRequest } from '../../../domains/flows/engine/client-request.ts'
import { FlowFailure } from '../../../domains/flows/engine/flow-failure.ts'
import type { LoginParties } from '../../../domains/flows/login-protocol.ts'
import { checkedRequest } from './authorization-checks.ts'
import { AuthorizationError } from './authorization-error.ts'
import { formProblem } from './request-form.ts'

/**
 * Asks of a request under way what the authorization endpoint asked when it came.
 * @returns null when it is still good; an AuthorizationError for the client, or a FlowFailure where the client cannot be
 *   told since the browser must not be sent there any more
 */
export function recheckRequest(
  { realm, client, frontendUrl, adminUrl }: LoginParties,
  request: ClientRequest,
): AuthorizationError | FlowFailure | null {
  const { redirectUri, parameters, scope } = request
  const { bearerOnly, protocol } = client.representation
  if (bearerOnly === true || (protocol !== undefined && protocol !== 'openid-connect')) {
    return new FlowFailure('not_allowed', { message: { key: 'invalidRequestMessage' } })
  }
  const places = { frontend: frontendUrl, admin: adminUrl }
  const sent = parameters['redirect_uri']
  const openid = scope.split(' ').includes('openid')
  if (redirectUriOf(client, sent, places, openid) !== redirectUri) {
    const message = { key: 'invalidParameterMessage', params: ['redirect_uri'] }
    return new FlowFailure('invalid_redirect_uri', { message })
  }
  const sentParameters = new URLSearchParams({ ...parameters, ...(scope === '' ? {} : { scope }) })
  try {
    checkedRequest({
      realm,
      client,
      redirectUri,
      sentRedirectUri: sent ?? null,
      parameters: sentParameters,
    })
    return formProblem(realm, client, request)
  } catch (error) {
    if (error instanceof AuthorizationError) return error
    throw error
  }
}
