import type { SessionWithClient } from '../../../domains/sessions/sessions.ts'
import { tokenSessionOf } from '../../../domains/tokens/access-tokens.ts'
import type { GrantShortcut } from '../../../domains/tokens/token-context.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import type { User } from '../../../domains/users/user.ts'
import { newUuid } from '../../../shared/random.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { GrantRequest } from './grant.ts'
import { requireOfflineAllowed } from './scope-check.ts'

/** The first tokens of a login: what a code or a password is exchanged for. */
export interface FirstTokens extends SessionWithClient {
  readonly user: User
  readonly grant: GrantShortcut
  /** Left out: as the client is set up (`use.refresh.tokens`). */
  readonly withRefreshToken?: boolean
}

/** Issues the first tokens of a session; with `offline_access` an offline session is made and they belong to it. */
export async function issueForSession(
  deps: Pick<OidcDeps, 'sessions' | 'tokens'>,
  request: GrantRequest,
  { session, clientSession, user, grant, withRefreshToken }: FirstTokens,
): Promise<IssuedTokens> {
  const { realm, client, places, event } = request
  const { scope, nonce } = clientSession.notes
  const access = await deps.tokens.accessToIssue({ realm, client, user, scope })
  requireOfflineAllowed(access)
  let stored: SessionWithClient = { session, clientSession }
  if (access.scopes.offline) {
    const offline = await deps.sessions.startOffline({
      realm,
      session,
      client,
      notes: clientSession.notes,
    })
    if (!offline) throw new OAuthError(400, 'invalid_grant', 'User disabled')
    stored = offline
  }
  event.userId = user.id
  event.sessionId = session.id
  return await deps.tokens.issue({
    realm,
    client,
    user,
    places,
    scope,
    nonce,
    grant,
    confirmation: request.confirmation,
    session: tokenSessionOf(stored.session, stored.clientSession),
    withRefreshToken:
      withRefreshToken ?? client.representation.attributes?.['use.refresh.tokens'] !== 'false',
    reuseId: realm.settings.revokeRefreshToken ? newUuid() : null,
  })
}
