import type { Client } from '../../../domains/clients/client.ts'
import type { ClientKeys } from '../../../domains/clients/keys/client-keys.ts'
import { asymmetricAlgorithms } from '../../../domains/keys/signature-algorithm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import { resolvedRootUrl } from '../../../domains/tokens/web-origins.ts'
import type { Clock } from '../../../shared/clock.ts'
import { checkAssertionClaims, readAssertion } from './client-assertion.ts'
import { badAssertion, type ClientAuthenticator } from './client-authenticator.ts'
import type { ClientCredentials } from './client-credentials.ts'

export interface PrivateKeyJwtDeps {
  readonly singleUse: SingleUseObjects
  readonly clock: Clock
  readonly clientKeys: Pick<ClientKeys, 'verify'>
}

/** A JWT signed with the client's private key (OpenID Connect Core §9). The public key is part of the client, or published. */
export class PrivateKeyJwtAuthenticator implements ClientAuthenticator {
  readonly id = 'client-jwt'
  readonly methods = ['private_key_jwt']
  readonly signatureAlgorithms = asymmetricAlgorithms
  readonly #deps: PrivateKeyJwtDeps

  constructor(deps: PrivateKeyJwtDeps) {
    this.#deps = deps
  }

  async authenticate(client: Client, credentials: ClientCredentials): Promise<void> {
    const { text, algorithm } = readAssertion(credentials)
    const wanted = client.representation.attributes?.['token.endpoint.auth.signing.alg']
    if (!asymmetricAlgorithms.includes(algorithm) || (wanted && wanted !== algorithm)) {
      throw badAssertion('Invalid signature algorithm')
    }
    const root = resolvedRootUrl(client, credentials.places)
    const signed = await this.#deps.clientKeys.verify(client, text, [algorithm], root)
    if (signed === 'no-key') throw badAssertion('Unable to load public key')
    if (typeof signed === 'string') {
      throw badAssertion(
        'Client authentication with signed JWT failed: Signature on JWT token failed validation',
      )
    }
    const { singleUse, clock } = this.#deps
    await checkAssertionClaims(client, signed.claims, credentials, singleUse, clock)
  }
}
