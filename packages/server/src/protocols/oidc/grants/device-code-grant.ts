import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import { allowsDevices } from '../device/device-client.ts'
import { type DeviceRequest, type DeviceRequests, requestId } from '../device/device-requests.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { pkceProblem } from './pkce.ts'
import { issueForSession } from './session-tokens.ts'

export interface DeviceCodeGrantDeps
  extends Pick<OidcDeps, 'sessions' | 'tokens' | 'users' | 'clock'> {
  readonly deviceRequests: DeviceRequests
}

const refused = (error: string, description: string, eventError = error) =>
  new OAuthError(400, error, description, { eventError })
const unknownCode = () =>
  refused('invalid_grant', 'Device code not valid', 'invalid_oauth2_device_code')

/** A device asks whether its user has signed in (RFC 8628 §3.4). */
export class DeviceCodeGrant implements Grant {
  readonly type = 'urn:ietf:params:oauth:grant-type:device_code'
  readonly eventType = 'OAUTH2_DEVICE_CODE_TO_TOKEN'
  readonly #deps: DeviceCodeGrantDeps

  constructor(deps: DeviceCodeGrantDeps) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, form } = request
    const { deviceRequests, sessions, users } = this.#deps
    if (!allowsDevices(client)) {
      throw refused(
        'unauthorized_client',
        'Client not allowed OAuth 2.0 Device Authorization Grant',
        'not_allowed',
      )
    }
    const deviceCode = form.get('device_code')
    if (deviceCode === null) throw refused('invalid_request', 'Missing parameter: device_code')
    const id = requestId(realm, deviceCode)
    await this.#requireGranted(request, id)
    const taken = await deviceRequests.take(id)
    if (taken?.sessionId == null) throw unknownCode()
    const pkce = pkceProblem(client, taken.parameters, form.get('code_verifier'))
    if (pkce !== null) throw refused('invalid_grant', pkce.description, pkce.eventError)
    const { session, clientSession } = await sessions.validFor(
      realm,
      client,
      taken.sessionId,
      false,
    )
    if (!session || !clientSession) {
      throw refused('invalid_grant', 'Session not active', 'user_session_not_found')
    }
    const user = await users.byId(realm.id, session.userId)
    if (!user) throw refused('invalid_grant', 'User not found', 'user_not_found')
    if (!user.enabled) throw refused('invalid_grant', 'User disabled', 'user_disabled')
    const granted = { session, clientSession, user, grant: 'dg' } as const
    return await issueForSession(this.#deps, request, granted)
  }

  /** @throws OAuthError with what the device has to do (RFC 8628 §3.5) */
  async #requireGranted({ realm, client }: GrantRequest, id: string): Promise<DeviceRequest> {
    const { deviceRequests, clock } = this.#deps
    const waiting = await deviceRequests.read(id)
    if (waiting === null) throw unknownCode()
    if (waiting.clientUuid !== client.id) {
      throw refused('invalid_grant', 'unauthorized client', 'invalid_client')
    }
    if (waiting.status === 'denied') {
      throw refused('access_denied', 'The end user denied the authorization request')
    }
    if (waiting.expiresAt <= clock.now()) {
      throw refused('expired_token', 'Device code is expired', 'expired_oauth2_device_code')
    }
    if (waiting.status === 'granted') return waiting
    if (!(await deviceRequests.mayPoll(realm, client, id))) throw refused('slow_down', 'Slow down')
    throw refused('authorization_pending', 'The authorization request is still pending')
  }
}
