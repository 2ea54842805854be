import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import {
  type Confirmation,
  unconfirmed,
  wantsCertificate,
  wantsDpop,
} from '../../../domains/tokens/confirmation.ts'
import { DpopProblem } from '../../../domains/tokens/dpop-proofs.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'

/**
 * What a client proves to hold while it asks for tokens. A client that wants all its tokens bound gets none without.
 * @param path of the endpoint below `/protocol/openid-connect`
 * @throws OAuthError 400 with Keycloak's reasons
 */
export async function requestConfirmation(
  { dpopProofs, urls }: Pick<OidcDeps, 'dpopProofs' | 'urls'>,
  realm: Realm,
  client: Client,
  places: ServerPlaces,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
): Promise<Confirmation> {
  if (wantsCertificate(client)) {
    const description = 'Client Certification missing for MTLS HoK Token Binding'
    request.log.warn(
      `Client ${client.clientId} wants tokens that are bound to a certificate, and none was shown`,
    )
    throw new OAuthError(400, 'invalid_request', description)
  }
  const { dpop: proof } = request.headers
  if (proof === undefined && !wantsDpop(client)) return unconfirmed
  const issuers = [issuerOf(places, realm), issuerOf({ frontend: urls.backend(request) }, realm)]
  const addresses = issuers.map((issuer) => `${issuer}/protocol/openid-connect/${path}`)
  try {
    const asked = { proof, method: request.method, urls: addresses }
    return { jkt: await dpopProofs.check(realm, asked) }
  } catch (error) {
    if (!(error instanceof DpopProblem)) throw error
    if (error.nonce !== undefined) reply.header('dpop-nonce', error.nonce)
    const code = error.nonce === undefined ? 'invalid_request' : 'use_dpop_nonce'
    throw new OAuthError(400, code, error.message, { eventError: 'invalid_dpop_proof' })
  }
}
