import type { Group } from '../../../domains/groups/group.ts'
import type { AdminCall } from '../admin-call.ts'
import { notFound } from '../admin-error.ts'

/** @returns the group that the path names. @throws HttpError 404 */
export async function requireGroup(call: AdminCall<unknown>): Promise<Group> {
  const group = await call.deps.groups.byId(call.realm.id, call.params['groupId'] ?? '')
  if (!group) throw notFound('Could not find group by id')
  return group
}
