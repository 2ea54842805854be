import { epochSeconds } from '../../../shared/clock.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { type RuleConfiguration, secondsOf } from '../rule-configuration.ts'
import type { ExecutorDeps, PolicyExecutor } from './executor.ts'

const periodDefault = 3_600
const invalid = (text: string) => new ClientPolicyRefusal('invalid_request', text)

/** Backchannel authentication requests are signed (FAPI-CIBA §5.2.2). */
export const secureCibaSignedRequest: PolicyExecutor = {
  id: 'secure-ciba-signed-authn-req',
  calls: { BACKCHANNEL_AUTHENTICATION_REQUEST: requireSigned },
}

function requireSigned(
  { sent, requestObject, issuer, client }: ClientCall,
  configuration: RuleConfiguration,
  { clock }: Pick<ExecutorDeps, 'clock'>,
): void {
  if (sent.get('request') === null && sent.get('request_uri') === null) {
    throw invalid("Missing parameter: 'request' or 'request_uri'")
  }
  const claims = requestObject?.claims ?? {}
  if (Object.keys(claims).length === 0) {
    throw invalid("Invalid parameter: : 'request' or 'request_uri'")
  }
  const missing = (name: string) =>
    invalid(`Missing parameter in the signed authentication request: ${name}`)
  const now = epochSeconds(clock)
  const { exp, nbf, aud, iss } = claims
  if (exp === undefined) throw missing('exp')
  if (!(Number(exp) >= now)) throw invalid('Request Expired')
  if (nbf === undefined) throw missing('nbf')
  if (!(Number(nbf) <= now)) throw invalid('Request not yet being processed')
  const period = secondsOf(configuration, 'available-period', periodDefault)
  if (Number(exp) > Number(nbf) + period) {
    throw invalid("signed authentication request's available period is long")
  }
  if (aud === undefined) throw invalid("Missing parameter in the 'request' object: aud")
  if (![aud].flat().includes(issuer)) {
    throw invalid("Invalid parameter in the 'request' object: aud")
  }
  if (iss === undefined) throw invalid("Missing parameter in the 'request' object: iss")
  if (iss !== client.clientId) throw invalid("Invalid parameter in the 'request' object: iss")
  for (const name of ['iat', 'jti']) {
    if (claims[name] === undefined) throw missing(name)
  }
}
