import { type ClientRequest, plainRequest } from '../domains/flows/engine/client-request.ts'
import type { LoginVisit } from './login-visit.ts'

/**
 * @param redirectUri where it leads to; checked
 * @returns the request of a login that no client has asked for; by default it leads to the user's account
 */
export function accountRequest(
  { browser, realm }: LoginVisit,
  redirectUri = `${browser.frontendUrl}/realms/${encodeURIComponent(realm.name)}/account/`,
): ClientRequest {
  const parameters = { response_type: 'code', response_mode: 'query', redirect_uri: redirectUri }
  return { ...plainRequest, redirectUri, parameters }
}
