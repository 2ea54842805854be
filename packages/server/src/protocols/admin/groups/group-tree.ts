import type { Group } from '../../../domains/groups/group.ts'
import type { RealmId } from '../../../domains/typed-ids.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { Permissions } from '../permissions.ts'
import { groupDetails, groupRepresentation } from './group-representation.ts'

type Deps = Pick<AdminDeps, 'groups'>

/** How groups of a listing are shown. */
export interface ShownGroups {
  readonly brief: boolean
  readonly withCount: boolean
  /** What the administrator may do with each. */
  readonly permissions: Permissions
}

type Shown = ReturnType<typeof groupRepresentation> & Record<string, unknown>

/**
 * @param hierarchy whether found groups are shown inside the groups around them, from the top level down
 * @returns representations in the order of `found`, or of the top-level groups
 */
export async function groupTreeOf(
  deps: Deps,
  realmId: RealmId,
  found: readonly Group[],
  shown: ShownGroups,
  hierarchy: boolean,
): Promise<Shown[]> {
  const ids = found.map(({ id }) => id)
  const groups = hierarchy ? await deps.groups.withAncestors(realmId, ids) : found
  const details = shown.brief ? groups.map(groupRepresentation) : await groupDetails(deps, groups)
  const counts = shown.withCount
    ? await deps.groups.childCounts(groups.map(({ id }) => id))
    : new Map<string, number>()
  const nodes = await Promise.all(
    details.map(
      async (group): Promise<Shown> => ({
        ...group,
        ...(shown.withCount ? { subGroupCount: counts.get(group.id) ?? 0 } : {}),
        access: await shown.permissions.ofGroup(group.id),
      }),
    ),
  )
  return hierarchy ? nested(nodes) : nodes
}

function nested(nodes: readonly Shown[]): Shown[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const sorted = nodes.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const top: Shown[] = []
  for (const node of sorted) {
    const parent = byId.get(String(node['parentId'] ?? ''))
    if (parent) parent.subGroups.push(node)
    else top.push(node)
  }
  return top
}
