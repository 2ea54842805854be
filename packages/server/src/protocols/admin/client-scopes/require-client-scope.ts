import type { ClientScope } from '../../../domains/realms/realm.ts'
import type { AdminCall } from '../admin-call.ts'
import { notFound } from '../admin-error.ts'

/** @returns the client scope that the path names. @throws HttpError 404 */
export function requireClientScope({ realm, params }: AdminCall): ClientScope {
  const scope = realm.clientScopes.find(({ id }) => id === params['scopeId'])
  if (!scope) throw notFound('Could not find client scope')
  return scope
}
