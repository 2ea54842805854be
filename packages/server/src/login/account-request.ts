import { type ClientRequest, plainRequest } from '../domains/flows/engine/client-request.ts'
import type { LoginVisit } from './login-visit.ts'

/** @returns the request of a login that no client has asked for: it leads to the user's account */
export function accountRequest({ browser, realm }: LoginVisit): ClientRequest {
  return {
    ...plainRequest,
    redirectUri: `${browser.frontendUrl}/realms/${encodeURIComponent(realm.name)}/account/`,
    parameters: { response_type: 'code', response_mode: 'query' },
  }
}
