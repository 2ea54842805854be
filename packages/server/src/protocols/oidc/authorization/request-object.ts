import type { Client } from '../../../domains/clients/client.ts'
import { parseToken } from '../../../domains/tokens/json-web-token.ts'
import { isSignedByClient } from '../client-authentication/client-public-key.ts'
import { InvalidRequestPage } from './request-page-error.ts'

/** Claims of a request object that are no parameters of the request (RFC 9101 §4, RFC 7519 §4.1). */
const otherClaims = new Set([
  'iss',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'sub',
  'client_id',
  'request',
  'request_uri',
])

/**
 * Reads the parameters of a request object (OpenID Connect Core §6.1): they count before those beside it. An object without
 * a signature is taken unless the client wants a certain algorithm.
 * @throws InvalidRequestPage when the object is none, not of this client or not signed by it; `request_uri` is not supported
 */
export function withRequestObject(client: Client, parameters: URLSearchParams): URLSearchParams {
  const text = parameters.get('request')
  const attributes = client.representation.attributes ?? {}
  const required = attributes['request.object.required'] ?? 'not required'
  const invalid = () => new InvalidRequestPage('invalidRequestMessage')
  if (parameters.has('request_uri')) throw invalid()
  if (text === null) {
    if (required !== 'not required' && required !== '') throw invalid()
    return parameters
  }
  const token = parseToken(text)
  if (token === null) throw invalid()
  const wanted = attributes['request.object.signature.alg']
  if (wanted && wanted !== token.header.alg) throw invalid()
  const unsigned = token.header.alg === 'none' && token.signature.length === 0
  if (!unsigned && !isSignedByClient(client, token)) throw invalid()
  const { client_id: clientId } = token.claims
  if (clientId !== undefined && clientId !== client.clientId) throw invalid()
  const merged = new URLSearchParams(parameters)
  merged.delete('request')
  for (const [name, value] of Object.entries(token.claims)) {
    if (otherClaims.has(name) || value === null || value === undefined) continue
    merged.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  return merged
}
