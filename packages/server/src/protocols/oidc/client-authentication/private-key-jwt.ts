import type { Client } from '../../../domains/clients/client.ts'
import { signatureAlgorithm } from '../../../domains/keys/signature-algorithm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import type { Clock } from '../../../shared/clock.ts'
import { checkAssertionClaims, readAssertion } from './client-assertion.ts'
import { badAssertion, type ClientAuthenticator } from './client-authenticator.ts'
import type { ClientCredentials } from './client-credentials.ts'
import { isSignedByClient, publicKeyOf } from './client-public-key.ts'

/** A JWT signed with the client's private key (OpenID Connect Core §9). The public key is part of the client. */
export class PrivateKeyJwtAuthenticator implements ClientAuthenticator {
  readonly id = 'client-jwt'
  readonly methods = ['private_key_jwt']
  readonly #singleUse: SingleUseObjects
  readonly #clock: Clock

  constructor(deps: { singleUse: SingleUseObjects; clock: Clock }) {
    this.#singleUse = deps.singleUse
    this.#clock = deps.clock
  }

  async authenticate(client: Client, credentials: ClientCredentials): Promise<void> {
    const token = readAssertion(credentials)
    const algorithm = signatureAlgorithm(token.header.alg)
    const wanted = client.representation.attributes?.['token.endpoint.auth.signing.alg']
    if (!algorithm || algorithm.kind === 'hmac' || (wanted && wanted !== algorithm.name)) {
      throw badAssertion('Invalid signature algorithm')
    }
    if (!publicKeyOf(client, token)) throw badAssertion('Unable to load public key')
    if (!isSignedByClient(client, token))
      throw badAssertion(
        'Client authentication with signed JWT failed: Signature on JWT token failed validation',
      )
    await checkAssertionClaims(token, credentials, this.#singleUse, this.#clock)
  }
}
