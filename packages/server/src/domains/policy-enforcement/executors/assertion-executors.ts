import type { Claims } from '../../tokens/token-context.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { textOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor } from './executor.ts'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'
const occasions = ['TOKEN_EXCHANGE_REQUEST', 'JWT_AUTHORIZATION_GRANT'] as const
const invalid = (text: string) => new ClientPolicyRefusal('invalid_request', text)

/** What a token must be like that a client exchanges, and what may come out of it. */
export const assertionExecutors: readonly PolicyExecutor[] = [
  {
    id: 'jwt-claim-enforcer',
    calls: on(occasions, async (call, configuration, { matches }) => {
      const claims = assertedClaims(call, 'JWT is not valid')
      const name = textOf(configuration, 'claim-name')
      if (name === undefined) throw invalid('Invalid configuration')
      const value = claims[name]
      if (value === undefined || value === null) {
        throw invalid(`Required claim '${name}' is missing from the token`)
      }
      const allowed = textOf(configuration, 'allowed-value')?.trim()
      if (!allowed) return
      if (typeof value !== 'string' && typeof value !== 'number') {
        throw invalid(`Value type for claim '${name}' not allowed`)
      }
      if (await matches(allowed, String(value), call.realm.name)) return
      throw invalid(`Value for claim '${name}' not allowed`)
    }),
  },
  {
    id: 'downscope-assertion-grant-enforcer',
    calls: on(occasions, (call, _configuration, _deps, effects) => {
      const claims = assertedClaims(call, 'Assertion contains an invalid access token')
      const had = scopesOf(claims['scope'])
      const asked = scopesOf(call.sent.get('scope'))
      const more = asked.filter((name) => !had.includes(name))
      if (more.length > 0) {
        throw new ClientPolicyRefusal(
          'invalid_scope',
          `Scopes [${more.join(', ')}] not present in the initial access token [${had.join(', ')}]`,
        )
      }
      effects.scopes = had
    }),
  },
]

/** @throws ClientPolicyRefusal */
function assertedClaims({ event, sent, token }: ClientCall, unreadable: string): Claims {
  if (event === 'TOKEN_EXCHANGE_REQUEST' && sent.get('subject_token_type') !== accessTokenType) {
    throw invalid("Parameter 'subject_token' should be access_token for the executor")
  }
  if (token === undefined) throw invalid(unreadable)
  return token
}

function scopesOf(text: unknown): string[] {
  return typeof text === 'string' ? text.split(' ').filter((name) => name !== '') : []
}
