import { completionOf } from '../../../domains/flows/completion-of.ts'
import type { ClientRequest } from '../../../domains/flows/engine/client-request.ts'
import { noLoa, plainRequest } from '../../../domains/flows/engine/client-request.ts'
import { FlowFailure } from '../../../domains/flows/engine/flow-failure.ts'
import type {
  ClientAnswer,
  LoginCompletion,
  LoginParties,
  LoginProtocol,
  RequestProblem,
  SuccessfulLogin,
} from '../../../domains/flows/login-protocol.ts'
import type { Sessions } from '../../../domains/sessions/sessions.ts'
import { levelNote, ssoNote } from '../../../domains/tokens/authentication-level.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { allowsDevices } from './device-client.ts'
import type { DeviceRequest, DeviceRequests } from './device-requests.ts'

/** Parameter of a login that says which device waits for it. */
const deviceParameter = 'device_request'

export interface DeviceLoginProtocolDeps {
  readonly sessions: Pick<Sessions, 'complete'>
  readonly deviceRequests: Pick<DeviceRequests, 'decide'>
}

/** The login of a user on behalf of a device (RFC 8628 §3.3): its end is a page, and the device learns of it by asking. */
export class DeviceLoginProtocol implements LoginProtocol {
  readonly name = 'oauth2-device'
  /** Whoever has sent the user the code may be somebody else (RFC 8628 §5.4). */
  readonly asksConsent = true
  readonly #deps: DeviceLoginProtocolDeps

  constructor(deps: DeviceLoginProtocolDeps) {
    this.#deps = deps
  }

  async complete(login: SuccessfulLogin): Promise<LoginCompletion> {
    const { realm, client, request, frontendUrl } = login
    const notes: Record<string, string> = {
      scope: request.scope,
      iss: issuerOf({ frontend: frontendUrl }, realm),
    }
    if (request.parameters['nonce'] !== undefined) notes['nonce'] = request.parameters['nonce']
    if (login.loa !== noLoa) notes[levelNote] = String(login.loa)
    if (login.ssoAuth) notes[ssoNote] = 'true'
    const completed = await this.#deps.sessions.complete({
      ...completionOf(login),
      redirectUri: null,
      clientNotes: notes,
      withCode: false,
      attach: client,
    })
    if (completed.outcome !== 'completed') return completed
    const { session } = completed
    const device = request.parameters[deviceParameter] ?? ''
    const granted = await this.#deps.deviceRequests.decide(device, session.id)
    const answer = statusAnswer(login, granted ? undefined : 'expired_token')
    return { outcome: 'completed', session, answer }
  }

  async refuse(parties: LoginParties, request: ClientRequest): Promise<ClientAnswer> {
    await this.#deps.deviceRequests.decide(request.parameters[deviceParameter] ?? '', null)
    return statusAnswer(parties, 'access_denied')
  }

  async recheck({ client }: LoginParties): Promise<RequestProblem | null> {
    if (client.enabled && allowsDevices(client)) return null
    return { kind: 'page', failure: new FlowFailure('not_allowed') }
  }

  clientData(): string {
    return Buffer.from('{}').toString('base64url')
  }

  fromClientData(): null {
    return null
  }
}

/** @returns the login that a device waits for */
export function deviceLoginRequest(
  id: string,
  { scope, parameters }: DeviceRequest,
): ClientRequest {
  return {
    ...plainRequest,
    protocol: 'oauth2-device',
    scope,
    parameters: { ...parameters, [deviceParameter]: id },
  }
}

function statusAnswer({ realm, frontendUrl }: LoginParties, error?: string): ClientAnswer {
  const page = `${issuerOf({ frontend: frontendUrl }, realm)}/device/status`
  const query = error === undefined ? '' : `?${new URLSearchParams({ error })}`
  return { kind: 'redirect', location: page + query }
}
