import { epochSeconds } from '../../../shared/clock.ts'
import type { Claims } from '../../tokens/token-context.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { flagOf, type RuleConfiguration, secondsOf } from '../rule-configuration.ts'
import type { ExecutorDeps, PolicyExecutor } from './executor.ts'

const periodDefault = 3_600
const skewDefault = 15

/** Authorization requests come as request objects that are short-lived and complete (FAPI 1.0 Advanced §5.2.2). */
export const secureRequestObject: PolicyExecutor = {
  id: 'secure-request-object',
  calls: {
    AUTHORIZATION_REQUEST: (call, configuration, deps) => {
      try {
        requireSecureObject(call, configuration, deps)
      } catch (error) {
        if (!(error instanceof ClientPolicyRefusal) || call.pushed !== 'yes') throw error
        if (error.error !== 'invalid_request_object') throw error
        throw new ClientPolicyRefusal('invalid_request_uri', error.message)
      }
    },
    PUSHED_AUTHORIZATION_REQUEST: (call, configuration, deps) => {
      requireSecureObject(call, configuration, deps)
      requireProofKey(call)
    },
  },
}

/** FAPI 1.0 Advanced §5.2.2 item 18: requests that are pushed use PKCE (RFC 7636) with S256. */
function requireProofKey({ requestObject }: ClientCall): void {
  const { code_challenge: challenge, code_challenge_method: method } = requestObject?.claims ?? {}
  if (challenge && method === 'S256') return
  const text = challenge
    ? 'Invalid parameter: code challenge method'
    : 'Missing parameter: code_challenge'
  throw new ClientPolicyRefusal('invalid_request', text)
}

function requireSecureObject(
  call: ClientCall,
  configuration: RuleConfiguration,
  { clock }: Pick<ExecutorDeps, 'clock'>,
): void {
  const { sent, requestObject, pushed, resumed } = call
  if (resumed === 'under-same-rules') return
  const invalid = (text: string) => new ClientPolicyRefusal('invalid_request', text)
  if (sent.get('request') === null && sent.get('request_uri') === null && pushed !== 'yes') {
    throw invalid("Missing parameter: 'request' or 'request_uri'")
  }
  if (requestObject === undefined || Object.keys(requestObject.claims).length === 0) {
    throw invalid("Invalid parameter: : 'request' or 'request_uri'")
  }
  const { claims } = requestObject
  if (sent.get('scope') === null && claims['scope'] === undefined) {
    throw invalid("Parameter 'scope' missing in the request parameters or in 'request' object")
  }
  requireTimes(claims, configuration, epochSeconds(clock))
  requireAudience(claims, call.issuer)
  for (const [name, value] of sent) {
    if (name === 'request' || name === 'request_uri' || name.startsWith('client_assertion'))
      continue
    if (name === 'client_secret' || claims[name] === value) continue
    throw invalid(
      "Invalid parameter. Parameters in 'request' object not matching with request parameters",
    )
  }
  if (flagOf(configuration, 'encryption-required') && !requestObject.encrypted) {
    throw new ClientPolicyRefusal('invalid_request_object', 'Request object not encrypted')
  }
}

function requireTimes(claims: Claims, configuration: RuleConfiguration, now: number): void {
  const wrong = (text: string) => new ClientPolicyRefusal('invalid_request_object', text)
  const skew = secondsOf(configuration, 'allowed-clock-skew', skewDefault)
  const { exp, nbf, iat } = claims
  if (exp === undefined) throw wrong("Missing parameter in the 'request' object: exp")
  if (!(Number(exp) >= now)) throw wrong('Request Expired')
  if (flagOf(configuration, 'verify-nbf', true)) {
    if (nbf === undefined) throw wrong("Missing parameter in the 'request' object: nbf")
    if (!(Number(nbf) <= now + skew)) throw wrong('Request not yet being processed')
    const period = secondsOf(configuration, 'available-period', periodDefault)
    if (Number(exp) > Number(nbf) + period) throw wrong("Request's available period is long")
  }
  if (iat !== undefined && !(Number(iat) <= now + skew)) throw wrong('Request issued in the future')
}

function requireAudience({ aud }: Claims, issuer: string): void {
  const wrong = (text: string) => new ClientPolicyRefusal('invalid_request_object', text)
  if (aud === undefined) throw wrong("Missing parameter in the 'request' object: aud")
  const audiences = [aud].flat()
  if (audiences.length === 0) throw wrong("Missing parameter value in the 'request' object: aud")
  if (!audiences.includes(issuer)) throw wrong("Invalid parameter in the 'request' object: aud")
}
