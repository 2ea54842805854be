import type { ClientAnswer, LoginParties } from '../../../domains/flows/login-protocol.ts'
import type { ClientEncryption } from '../../../domains/tokens/client-encryption.ts'
import { issuerOf, type Tokens } from '../../../domains/tokens/tokens.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { responseModeOf } from './authorization-checks.ts'
import { type AnswerParameters, answerTo, plainMode } from './response-mode.ts'
import { parseResponseType } from './response-type.ts'

export interface AuthorizationResponsesDeps {
  readonly tokens: Pick<Tokens, 'sign'>
  readonly clientEncryption: Pick<ClientEncryption, 'encrypt'>
  readonly clock: Clock
}

/** Answers of the authorization endpoint on their way to the client, as JWT where it asks for one (JARM). */
export class AuthorizationResponses {
  readonly #deps: AuthorizationResponsesDeps

  constructor(deps: AuthorizationResponsesDeps) {
    this.#deps = deps
  }

  /**
   * @param request parameters of the request, which say how the answer travels
   * @param fields parameters of the answer, in their order
   * @throws TokenProtectionProblem
   */
  async answer(
    { realm, client, frontendUrl }: LoginParties,
    redirectUri: string,
    request: URLSearchParams,
    fields: AnswerParameters,
  ): Promise<ClientAnswer> {
    const mode = responseModeOf(request)
    const plain = plainMode(mode, parseResponseType(request.get('response_type') ?? ''))
    if (plain === mode) return answerTo(redirectUri, plain, fields)
    const { tokens, clientEncryption, clock } = this.#deps
    const claims = {
      // JARM §2.1: as short as the code itself.
      exp: epochSeconds(clock) + realm.settings.accessCodeLifespan,
      iss: issuerOf({ frontend: frontendUrl }, realm),
      aud: client.clientId,
      ...Object.fromEntries(fields.filter(([name]) => name !== 'iss')),
    }
    const signed = await tokens.sign(realm, client, 'authorization', claims)
    const response = await clientEncryption.encrypt(client, 'authorization', signed)
    return answerTo(redirectUri, plain, [['response', response]])
  }
}
