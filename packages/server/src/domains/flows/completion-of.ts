import type { SuccessfulLogin } from './login-protocol.ts'

/** @returns what every protocol writes of a login that has come to its end, as `Sessions.complete` takes it */
export function completionOf(login: SuccessfulLogin) {
  return {
    realm: login.realm,
    user: login.user,
    clientUuid: login.client.id,
    existingSessionId: login.existingSessionId,
    rememberMe: login.rememberMe,
    ipAddress: login.ipAddress,
    sessionNotes: login.sessionNotes,
    authenticated: !login.ssoAuth,
    provedNow: login.provedNow,
    loginStateId: login.loginStateId,
    loginStateExpiresAt: login.loginStateExpiresAt,
    alongside: login.alongside,
  }
}
