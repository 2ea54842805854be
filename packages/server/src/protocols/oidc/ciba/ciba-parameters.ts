import { decodeProtectedHeader } from 'jose'
import type { Client } from '../../../domains/clients/client.ts'
import type { ClientKeys } from '../../../domains/clients/keys/client-keys.ts'
import { asymmetricAlgorithms } from '../../../domains/keys/signature-algorithm.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { OAuthError } from '../oauth-error.ts'
import type { CibaPolicy } from './ciba-policy.ts'

export interface CibaParametersDeps {
  readonly clientKeys: Pick<ClientKeys, 'verify'>
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent'>
  readonly clock: Clock
}

/** Members of a signed request that are no parameters (OpenID Connect CIBA Core §7.1.1). */
const tokenClaims = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'request', 'request_uri'])
/** What stands beside a signed request: how the client proves who it is. */
const besideRequest = new Set([
  'request',
  'client_id',
  'client_secret',
  'client_assertion',
  'client_assertion_type',
])
const skewSeconds = 15
/** The longest that a signed request may be good. */
const lifetimeSecondsMax = 3_600
const requestCharactersMax = 65_536

const invalid = (description: string) => new OAuthError(400, 'invalid_request', description)

/**
 * The parameters of a backchannel authentication request; those of a signed one come from it alone.
 * @throws OAuthError 400 when it is signed by another, for another, or not for now, and when it was sent before
 */
export async function cibaParameters(
  deps: CibaParametersDeps,
  request: {
    readonly realm: Realm
    readonly client: Client
    readonly issuer: string
    readonly policy: CibaPolicy
  },
  form: URLSearchParams,
): Promise<URLSearchParams> {
  if (form.has('request_uri')) throw invalid('request_uri is not supported')
  const text = form.get('request')
  if (text === null) {
    if (request.policy.signingAlgorithm === undefined) return form
    throw invalid('Signed authentication request is required')
  }
  for (const name of form.keys()) {
    if (!besideRequest.has(name)) throw invalid(`Parameter ${name} beside a signed request`)
  }
  const claims = await signedClaims(deps, request, text)
  await checkClaims(deps, request, claims)
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(claims)) {
    if (tokenClaims.has(name) || value === null || value === undefined) continue
    parameters.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  return parameters
}

async function signedClaims(
  { clientKeys }: CibaParametersDeps,
  { client, policy }: { readonly client: Client; readonly policy: CibaPolicy },
  text: string,
): Promise<Readonly<Record<string, unknown>>> {
  if (text.length > requestCharactersMax) throw invalid('Failed to verify signature')
  const algorithm = algorithmOf(text)
  const { signingAlgorithm } = policy
  if (!asymmetricAlgorithms.includes(algorithm)) {
    throw invalid('None or symmetric signing algorithm used')
  }
  if (signingAlgorithm !== undefined && signingAlgorithm !== algorithm) {
    throw invalid(
      'Client requested algorithm not registered in advance or request signed with different algorithm',
    )
  }
  const signed = await clientKeys.verify(client, text, [algorithm])
  if (typeof signed === 'string') throw invalid('Failed to verify signature')
  return signed.claims
}

function algorithmOf(text: string): string {
  try {
    return decodeProtectedHeader(text).alg ?? ''
  } catch {
    throw invalid('Failed to verify signature')
  }
}

/** OpenID Connect CIBA Core §7.1.1: who has signed it, for whom, for how long, and that it is the first of its id. */
async function checkClaims(
  { singleUse, clock }: CibaParametersDeps,
  {
    realm,
    client,
    issuer,
  }: { readonly realm: Realm; readonly client: Client; readonly issuer: string },
  claims: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { iss, aud, exp, iat, nbf, jti } = claims
  const now = epochSeconds(clock)
  if (iss !== client.clientId) throw invalid('Invalid parameter: iss')
  if (![aud].flat().includes(issuer)) throw invalid('Invalid parameter: aud')
  if (typeof exp !== 'number' || exp <= now) throw invalid('Missing or invalid parameter: exp')
  if (typeof iat !== 'number' || iat > now + skewSeconds) {
    throw invalid('Missing or invalid parameter: iat')
  }
  if (typeof nbf !== 'number' || nbf > now + skewSeconds) {
    throw invalid('Missing or invalid parameter: nbf')
  }
  if (exp - nbf > lifetimeSecondsMax) throw invalid('The signed request is good for too long')
  if (typeof jti !== 'string' || jti === '' || jti.length > 255) {
    throw invalid('Missing or invalid parameter: jti')
  }
  const id = `ciba-request.${realm.id}.${client.id}.${jti}`
  const first = await singleUse.putIfAbsent(id, (exp + skewSeconds) * 1_000)
  if (!first) throw invalid('The signed request was sent before')
}
