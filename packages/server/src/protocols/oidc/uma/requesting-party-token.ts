import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { isOffline } from '../../../domains/tokens/access-tokens.ts'
import type { Confirmation } from '../../../domains/tokens/confirmation.ts'
import type { TokenSession } from '../../../domains/tokens/token-context.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { newUuid } from '../../../shared/random.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { UmaSubject } from './uma-subject.ts'

/**
 * Issues a requesting party token (UMA 2.0 §3.3.5): what the resource server's scopes show of the subject, issued to the
 * client that asked, with the permissions in claim `authorization`. It belongs to the subject's session, if there is one.
 */
export async function requestingPartyToken(
  { tokens, sessions, clock }: Pick<OidcDeps, 'tokens' | 'sessions' | 'clock'>,
  request: {
    readonly realm: Realm
    readonly places: ServerPlaces
    readonly subject: UmaSubject
    /** What who asks proves to hold; the token is bound to it. */
    readonly confirmation: Confirmation
    /** The client that protects what is permitted. */
    readonly target: Client
    readonly authorization: Readonly<Record<string, unknown>>
  },
): Promise<IssuedTokens> {
  const { realm, places, subject, target, authorization, confirmation } = request
  const { session, user } = subject
  const found = session.transient
    ? null
    : await sessions.validFor(realm, target, session.id, isOffline(subject.claims))
  const now = clock.now()
  const part: TokenSession['client'] = found?.clientSession ?? {
    startedAt: now,
    lastAccess: now,
    notes: {},
  }
  const issued = await tokens.issue({
    realm,
    client: target,
    user,
    places,
    session: { ...session, client: part },
    scope: part.notes['scope'],
    grant: 'na',
    confirmation,
    withRefreshToken: !session.transient,
    reuseId: realm.settings.revokeRefreshToken ? newUuid() : null,
    onlyThisToken: !found?.clientSession,
    issuedFor: subject.client,
    authorization,
  })
  const { scope: _, session_state: __, id_token: ___, ...response } = issued.response
  return { ...issued, response }
}
