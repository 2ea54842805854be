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

/** What tokens have to be bound to. */
export interface WantedConfirmation {
  readonly key: boolean
  readonly certificate: boolean
}

/** @returns what a client of a realm wants its tokens bound to */
export function wantedBy(realm: Realm, client: Client): WantedConfirmation {
  return { key: wantsDpop(realm, client), certificate: wantsCertificate(client) }
}

/**
 * What a client proves to hold in a request. A client that wants all its tokens bound gets none without.
 * @param path of the endpoint below `/protocol/openid-connect`
 * @throws OAuthError 400 with Keycloak's reasons
 */
export async function requestConfirmation(
  deps: Pick<OidcDeps, 'dpopProofs' | 'urls' | 'clientCertificates'>,
  realm: Realm,
  wanted: WantedConfirmation,
  places: ServerPlaces,
  request: FastifyRequest,
  reply: FastifyReply,
  path: string,
): Promise<Confirmation> {
  const { dpopProofs, urls } = deps
  const certificate = wanted.certificate ? certificateOf(deps, request) : unconfirmed
  const { dpop: proof } = request.headers
  if (proof === undefined && !wanted.key) return certificate
  const issuers = [issuerOf(places, realm), issuerOf({ frontend: urls.backend(request) }, realm)]
  const addresses = issuers.map((issuer) => `${issuer}/protocol/openid-connect/${path}`)
  try {
    const asked = { proof, method: request.method, urls: addresses }
    return { ...certificate, jkt: await dpopProofs.check(realm, asked) }
  } catch (error) {
    if (!(error instanceof DpopProblem)) throw error
    if (error.nonce !== undefined) reply.header('dpop-nonce', error.nonce)
    const code = error.nonce === undefined ? 'invalid_request' : 'use_dpop_nonce'
    throw new OAuthError(400, code, error.message, { eventError: 'invalid_dpop_proof' })
  }
}

/** RFC 8705 §3. */
function certificateOf(
  { clientCertificates }: Pick<OidcDeps, 'clientCertificates'>,
  request: FastifyRequest,
): Confirmation {
  const shown = clientCertificates.of(request)
  if (shown) return { x5t: shown.thumbprint }
  const description = 'Client Certification missing for MTLS HoK Token Binding'
  throw new OAuthError(400, 'invalid_request', description)
}
