import type { Group } from '../../../domains/groups/group.ts'
import type { Groups } from '../../../domains/groups/groups.ts'

/** Whose roles are asked for: of realms or of organizations. */
interface Deps {
  readonly groups: Pick<Groups, 'rolesOf'>
}

/** @returns the brief GroupRepresentation */
export function groupRepresentation(group: Group) {
  return {
    id: group.id,
    name: group.name,
    ...(group.description === null ? {} : { description: group.description }),
    path: group.path,
    ...(group.parentId === null ? {} : { parentId: group.parentId }),
    subGroups: [] as unknown[],
  }
}

/** @returns full GroupRepresentations: with attributes and directly mapped roles, read for all groups at once */
export async function groupDetails(deps: Deps, groups: readonly Group[]) {
  const roles = await deps.groups.rolesOf(groups.map(({ id }) => id))
  return groups.map((group) => {
    const own = roles.filter(({ groupId }) => groupId === group.id)
    const clientRoles: Record<string, string[]> = {}
    for (const { clientId, name } of own) {
      if (clientId === null) continue
      clientRoles[clientId] ??= []
      clientRoles[clientId]?.push(name)
    }
    return {
      ...groupRepresentation(group),
      attributes: group.attributes,
      realmRoles: own.filter(({ clientId }) => clientId === null).map(({ name }) => name),
      clientRoles,
    }
  })
}
