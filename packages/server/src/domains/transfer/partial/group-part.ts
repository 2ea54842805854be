import type { Transaction } from '../../../database/database.ts'
import type { Groups } from '../../groups/groups.ts'
import { groupRows } from '../realm-rows.ts'
import type { GroupRepresentation } from '../representation.ts'
import type { UserImport } from '../user-import.ts'
import type { ImportPart } from './import-part.ts'
import { allGroups, type PartialTarget } from './partial-target.ts'

export interface GroupPartDeps {
  readonly groups: Pick<Groups, 'addRoles' | 'byPath' | 'insertAll' | 'removeIn'>
  readonly userImport: Pick<UserImport, 'addMissingRoles'>
}

/** The groups of a partial import: top-level ones with all that is nested in them. */
export class GroupPart implements ImportPart<GroupRepresentation> {
  readonly items: readonly GroupRepresentation[]
  readonly #deps: GroupPartDeps
  readonly #target: PartialTarget

  constructor(deps: GroupPartDeps, target: PartialTarget, groups: readonly GroupRepresentation[]) {
    this.items = groups
    this.#deps = deps
    this.#target = target
  }

  typeOf() {
    return 'GROUP' as const
  }

  nameOf({ name }: GroupRepresentation): string {
    return name
  }

  shown(group: GroupRepresentation): object {
    return group
  }

  async present({ name }: GroupRepresentation): Promise<string | null> {
    const group = await this.#deps.groups.byPath(this.#target.realmId, `/${name}`)
    return group?.parentId === null ? group.id : null
  }

  taken({ name }: GroupRepresentation): string {
    return `Group '/${name}' already exists`
  }

  async remove(tx: Transaction, { name }: GroupRepresentation, id: string): Promise<void> {
    await this.#deps.groups.removeIn(tx, this.#target.realmId, id)
    this.#target.forgetGroup(`/${name}`)
  }

  async add(tx: Transaction, groups: readonly GroupRepresentation[]): Promise<string[]> {
    const { realmId, roleIds, groupIdsByPath } = this.#target
    await this.#deps.userImport.addMissingRoles(tx, this.#target, allGroups(groups))
    const { rows, rolePairs, idsByPath } = groupRows(groups, roleIds)
    await this.#deps.groups.insertAll(tx, realmId, rows)
    await this.#deps.groups.addRoles(tx, realmId, rolePairs)
    for (const [path, id] of idsByPath) groupIdsByPath.set(path, id)
    return groups.map(({ name }) => idsByPath.get(`/${name}`) ?? '')
  }
}
