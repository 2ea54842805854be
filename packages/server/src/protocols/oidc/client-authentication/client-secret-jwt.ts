import { jwtVerify } from 'jose'
import type { Client } from '../../../domains/clients/client.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { OAuthError } from '../oauth-error.ts'
import { checkAssertionClaims, readAssertion } from './client-assertion.ts'
import { badAssertion, type ClientAuthenticator } from './client-authenticator.ts'
import type { ClientCredentials } from './client-credentials.ts'
import { acceptedSecrets } from './client-secret.ts'

const algorithms = ['HS256', 'HS384', 'HS512']

/** A JWT signed with the client's secret (OpenID Connect Core §9). */
export class ClientSecretJwtAuthenticator implements ClientAuthenticator {
  readonly id = 'client-secret-jwt'
  readonly methods = ['client_secret_jwt']
  readonly #singleUse: SingleUseObjects
  readonly #clock: Clock

  constructor(deps: { singleUse: SingleUseObjects; clock: Clock }) {
    this.#singleUse = deps.singleUse
    this.#clock = deps.clock
  }

  async authenticate(client: Client, credentials: ClientCredentials): Promise<void> {
    const token = readAssertion(credentials)
    const wanted = client.representation.attributes?.['token.endpoint.auth.signing.alg']
    const { alg } = token.header
    if (!algorithms.includes(alg) || (wanted && wanted !== alg)) {
      throw badAssertion('Invalid signature algorithm')
    }
    await this.#checkSignature(client, credentials.assertion as string, alg)
    await checkAssertionClaims(token, credentials, this.#singleUse, this.#clock)
  }

  async #checkSignature(client: Client, assertion: string, alg: string): Promise<void> {
    for (const secret of acceptedSecrets(client, epochSeconds(this.#clock))) {
      try {
        // Times are checked afterwards, with Keycloak's reasons.
        const currentDate = new Date(0)
        await jwtVerify(assertion, Buffer.from(secret), {
          algorithms: [alg],
          currentDate,
          clockTolerance: Number.MAX_SAFE_INTEGER,
        })
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
