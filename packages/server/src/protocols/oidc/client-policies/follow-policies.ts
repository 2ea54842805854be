import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { OAuthError } from '../oauth-error.ts'
import type { ClientPolicyGuard } from './client-policy-guard.ts'

/** What a client is told that a policy is for. */
export const unfollowedPolicy = 'A client policy of this realm cannot be followed'

/** @throws OAuthError 400 when a policy is for the client, since none can be followed yet */
export async function followPolicies(
  guard: Pick<ClientPolicyGuard, 'unmet'>,
  realm: Realm,
  client: Client,
  form: URLSearchParams,
): Promise<void> {
  const grantType = form.get('grant_type') ?? undefined
  const scope = form.get('scope') ?? undefined
  if ((await guard.unmet(realm, client, { grantType, scope })) === null) return
  throw new OAuthError(400, 'unauthorized_client', unfollowedPolicy, { eventError: 'not_allowed' })
}
