import type { Tokens } from '../../../domains/tokens/tokens.ts'
import type { AuthenticationChannel, ChannelRequest } from './authentication-channel.ts'

export interface HttpAuthenticationChannelDeps {
  /** Where the authentication entity listens. */
  readonly uri: string
  readonly tokens: Pick<Tokens, 'sign'>
  readonly postJson: (url: string, body: unknown, bearer: string) => Promise<number>
}

const created = 201
/** Keycloak's is `Bearer`: with a type of its own it lets nobody in anywhere else. */
export const answerTokenType = 'Authentication-Request'

/**
 * Keycloak's `ciba-http-auth-channel`: an entity outside asks the user, and answers at the callback endpoint with the token
 * that it was given.
 */
export class HttpAuthenticationChannel implements AuthenticationChannel {
  readonly #deps: HttpAuthenticationChannelDeps

  constructor(deps: HttpAuthenticationChannelDeps) {
    this.#deps = deps
  }

  async ask(request: ChannelRequest): Promise<boolean> {
    const { realm, client, issuer, user, resultId, bindingMessage, acrValues, scope } = request
    const bearer = await this.#deps.tokens.sign(realm, client, 'access', {
      exp: request.expiresAt,
      iat: request.issuedAt,
      jti: resultId,
      iss: issuer,
      aud: issuer,
      sub: user.id,
      typ: answerTokenType,
      azp: client.clientId,
    })
    const body = {
      scope,
      ...(bindingMessage === null ? {} : { binding_message: bindingMessage }),
      login_hint: user.username,
      is_consent_required: client.representation.consentRequired === true,
      ...(acrValues === null ? {} : { acr_values: acrValues }),
    }
    return (await this.#deps.postJson(this.#deps.uri, body, bearer)) === created
  }
}
