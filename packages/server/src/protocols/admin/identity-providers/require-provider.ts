import type { IdentityProvider } from '../../../domains/identity-providers/identity-provider.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'

type Deps = Pick<AdminDeps, 'identityProviders'>

/** @returns the identity provider that the path names. @throws HttpError 404 */
export async function requireProvider(
  deps: Deps,
  { realm, params }: AdminCall<unknown, Deps>,
): Promise<IdentityProvider> {
  const found = await deps.identityProviders.byAlias(realm.id, params['alias'] ?? '')
  if (!found) throw notFound()
  return found
}
