import { compactVerify, decodeJwt } from 'jose'
import type { Client } from '../../../domains/clients/client.ts'
import { hmacAlgorithms } from '../../../domains/keys/signature-algorithm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { OAuthError } from '../oauth-error.ts'
import { checkAssertionClaims, readAssertion } from './client-assertion.ts'
import { badAssertion, type ClientAuthenticator } from './client-authenticator.ts'
import type { ClientCredentials } from './client-credentials.ts'
import { acceptedSecrets } from './client-secret.ts'

/** A JWT signed with the client's secret (OpenID Connect Core §9). */
export class ClientSecretJwtAuthenticator implements ClientAuthenticator {
  readonly id = 'client-secret-jwt'
  readonly methods = ['client_secret_jwt']
  readonly signatureAlgorithms = hmacAlgorithms
  readonly #singleUse: SingleUseObjects
  readonly #clock: Clock

  constructor(deps: { singleUse: SingleUseObjects; clock: Clock }) {
    this.#singleUse = deps.singleUse
    this.#clock = deps.clock
  }

  async authenticate(client: Client, credentials: ClientCredentials): Promise<void> {
    const { text, algorithm } = readAssertion(credentials)
    const wanted = client.representation.attributes?.['token.endpoint.auth.signing.alg']
    if (!hmacAlgorithms.includes(algorithm) || (wanted && wanted !== algorithm)) {
      throw badAssertion('Invalid signature algorithm')
    }
    await this.#checkSignature(client, text, algorithm)
    await checkAssertionClaims(client, decodeJwt(text), credentials, this.#singleUse, this.#clock)
  }

  async #checkSignature(client: Client, text: string, algorithm: string): Promise<void> {
    for (const secret of acceptedSecrets(client, epochSeconds(this.#clock))) {
      try {
        await compactVerify(text, Buffer.from(secret), { algorithms: [algorithm] })
        return
      } catch {
        // Another accepted secret may have signed it.
      }
    }
    throw new OAuthError(
      400,
      'unauthorized_client',
      'Client authentication with client secret signed JWT failed: Signature on JWT token by client secret  failed validation',
      { eventError: 'invalid_client_credentials' },
    )
  }
}
