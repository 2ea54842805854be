import type { ExportedGroup, RoleName } from './realm-export-store.ts'
import type { GroupRepresentation } from './representation.ts'

/** @returns names of realm roles, and names of client roles by their clients */
export function namesByOwner(roles: readonly RoleName[]) {
  const realm: string[] = []
  const client: Record<string, string[]> = {}
  for (const { name, clientId } of roles) {
    if (clientId === null) realm.push(name)
    else {
      client[clientId] ??= []
      client[clientId].push(name)
    }
  }
  return { realm, client }
}

/** @returns the paths of a tree's groups by their ids */
export function groupPathsOf(groups: readonly ExportedGroup[]): Map<string, string> {
  const byId = new Map(groups.map((group) => [group.id, group]))
  const paths = new Map<string, string>()
  const pathOf = (group: ExportedGroup): string => {
    const known = paths.get(group.id)
    if (known !== undefined) return known
    const parent = group.parentId === null ? undefined : byId.get(group.parentId)
    const path = `${parent ? pathOf(parent) : ''}/${group.name}`
    paths.set(group.id, path)
    return path
  }
  for (const group of groups) pathOf(group)
  return paths
}

/** @returns the groups that nothing is around, with all that is nested in them */
export function groupTree(groups: readonly ExportedGroup[], paths: ReadonlyMap<string, string>) {
  const children = new Map<string | null, ExportedGroup[]>()
  for (const group of groups) {
    children.set(group.parentId, [...(children.get(group.parentId) ?? []), group])
  }
  const build = (group: ExportedGroup): GroupRepresentation => {
    const { realm, client } = namesByOwner(group.roles)
    return {
      id: group.id,
      name: group.name,
      ...(group.description === null ? {} : { description: group.description }),
      path: paths.get(group.id) ?? `/${group.name}`,
      ...(group.parentId === null ? {} : { parentId: group.parentId }),
      subGroups: (children.get(group.id) ?? []).map(build),
      attributes: group.attributes,
      realmRoles: realm,
      clientRoles: client,
    }
  }
  return (children.get(null) ?? []).map(build)
}
