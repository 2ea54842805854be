import type { Client } from '../../../domains/clients/client.ts'
import type { ClientKeys } from '../../../domains/clients/keys/client-keys.ts'
import type { LoginFailures } from '../../../domains/credentials/login-failures/login-failures.ts'
import { asymmetricAlgorithms } from '../../../domains/keys/signature-algorithm.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { Sessions } from '../../../domains/sessions/sessions.ts'
import type { AccessTokens } from '../../../domains/tokens/access-tokens.ts'
import {
  hasPairwiseSubjects,
  subjectFor,
} from '../../../domains/tokens/mappers/pairwise-sub-mapper.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import type { User } from '../../../domains/users/user.ts'
import type { Users } from '../../../domains/users/users.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { OAuthError } from '../oauth-error.ts'
import { type UserHint, userHints } from './ciba-policy.ts'

export interface CibaUserDeps {
  readonly users: Pick<Users, 'byId' | 'byLogin'>
  readonly sessions: Pick<Sessions, 'valid'>
  readonly clientKeys: Pick<ClientKeys, 'verify'>
  readonly accessTokens: Pick<AccessTokens, 'signedClaims'>
  readonly credentials: { readonly failures: Pick<LoginFailures, 'isLocked'> }
  readonly clock: Clock
}

const hintCharactersMax = 10_000
const invalid = (description: string) => new OAuthError(400, 'invalid_request', description)

/**
 * Finds out who is to be asked (OpenID Connect CIBA Core §7.1): by the one hint that the realm goes by.
 * @throws OAuthError 400; nothing tells whether there is such a user, or why they are not asked
 */
export async function cibaUser(
  deps: CibaUserDeps,
  request: {
    readonly realm: Realm
    readonly client: Client
    readonly issuer: string
    readonly hint: UserHint
  },
  parameters: URLSearchParams,
): Promise<User> {
  const given = parameters.get(request.hint)
  if (given === null) throw invalid(`missing parameter : ${request.hint}`)
  if (userHints.filter((name) => parameters.has(name)).length > 1) {
    throw invalid('Exactly one of login_hint, id_token_hint and login_hint_token is allowed')
  }
  if (given.length > hintCharactersMax) throw invalid('invalid_user')
  const user = await userOf(deps, request, given)
  if (!user?.enabled || user.serviceAccountClientUuid !== null) throw invalid('invalid_user')
  if (await deps.credentials.failures.isLocked(request.realm, user)) throw invalid('invalid_user')
  return user
}

async function userOf(
  deps: CibaUserDeps,
  { realm, client, issuer, hint }: Parameters<typeof cibaUser>[1],
  given: string,
): Promise<User | null> {
  switch (hint) {
    case 'login_hint':
      return await deps.users.byLogin(realm, given)
    case 'id_token_hint': {
      const claims = deps.accessTokens.signedClaims(realm, issuer, given, 'ID', true)
      return claims ? await userOfToken(deps, realm, client, claims) : null
    }
    case 'login_hint_token': {
      const name = await nameInToken(deps, client, given)
      return name === null ? null : await deps.users.byLogin(realm, name)
    }
  }
}

/**
 * Whom an ID token is about. A client with pairwise subjects (OpenID Connect Core §8) has a name for its user from which nobody
 * gets back to the user: the session of the token tells, as long as there is one, and has to fit that name.
 */
async function userOfToken(
  { users, sessions }: CibaUserDeps,
  realm: Realm,
  client: Client,
  { sub, sid, azp }: Claims,
): Promise<User | null> {
  if (typeof sub !== 'string') return null
  if (!hasPairwiseSubjects(client)) return await users.byId(realm.id, sub)
  if (typeof sid !== 'string' || azp !== client.clientId) return null
  const session = await sessions.valid(realm, sid, false)
  return session !== null && subjectFor(client, session.userId) === sub
    ? await users.byId(realm.id, session.userId)
    : null
}

/** A hint that the client has signed: `login_hint`, or the subject as an address (`sub_id`, RFC 9493 §3.2.2). */
async function nameInToken(
  { clientKeys, clock }: CibaUserDeps,
  client: Client,
  text: string,
): Promise<string | null> {
  const signed = await clientKeys.verify(client, text, asymmetricAlgorithms)
  if (typeof signed === 'string') return null
  const { exp, login_hint: hint, sub_id: subject } = signed.claims
  if (exp !== undefined && !(typeof exp === 'number' && exp > epochSeconds(clock))) return null
  if (typeof hint === 'string') return hint
  const { format, email } = (subject ?? {}) as { format?: unknown; email?: unknown }
  return format === 'email' && typeof email === 'string' ? email : null
}
