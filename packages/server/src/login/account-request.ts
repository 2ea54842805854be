import { type ClientRequest, noLoa } from '../domains/flows/engine/client-request.ts'
import type { LoginVisit } from './login-visit.ts'

/** @returns the request of a login that no client has asked for: it leads to the user's account */
export function accountRequest({ browser, realm }: LoginVisit): ClientRequest {
  return {
    protocol: 'openid-connect',
    redirectUri: `${browser.frontendUrl}/realms/${encodeURIComponent(realm.name)}/account/`,
    prompt: [],
    maxAge: null,
    loginHint: null,
    uiLocales: null,
    requestedLoa: noLoa,
    loaForced: false,
    kcAction: null,
    scope: '',
    parameters: { response_type: 'code', response_mode: 'query' },
  }
}
