import type { FoundUser } from '../../../domains/users/user-search.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'

type Deps = Pick<AdminDeps, 'users'>

/** @returns the user that the path names, read from SQL. @throws HttpError 404 */
export async function requireUser({
  deps,
  realm,
  params,
}: AdminCall<unknown, Deps>): Promise<FoundUser> {
  const ids = [params['userId'] ?? '']
  const [user] = await deps.users.find({ realmId: realm.id, ids, serviceAccounts: true })
  if (!user) throw notFound('User not found')
  return user
}
