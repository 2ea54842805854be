import type { Group } from '../../../domains/groups/group.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound, refused } from '../admin-error.ts'

type Deps = Pick<AdminDeps, 'groups' | 'organizationGroups'>

/** @returns the group that the path names. @throws HttpError 404, 400 for one of an organization */
export async function requireGroup(call: AdminCall<unknown, Deps>): Promise<Group> {
  const id = call.params['groupId'] ?? ''
  const group = await call.deps.groups.byId(call.realm.id, id)
  if (!group && (await call.deps.organizationGroups.byId(call.realm.id, id))) {
    throw refused(400, 'Cannot manage organization related group via non Organization API.')
  }
  if (!group) throw notFound('Could not find group by id')
  return group
}
