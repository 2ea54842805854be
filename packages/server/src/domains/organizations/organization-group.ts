import type { Group } from '../groups/group.ts'
import type { NewGroup } from '../groups/group-store.ts'
import type { OrganizationId } from '../typed-ids.ts'

/** A group inside an organization. Its `parentId` is never null: a topmost one names the organization's root. */
export interface OrganizationGroup extends Group {
  readonly organizationId: OrganizationId
  readonly parentId: string
  /** Whether nothing but the root is around it. */
  readonly topmost: boolean
}

/** A group of an organization as it is written; `parentId` is null for a topmost one. */
export interface NewOrganizationGroup extends NewGroup {
  readonly organizationId: OrganizationId
}

/** What tokens tell of a member's groups in an organization. */
export interface GroupsOfMember {
  readonly groupPaths: readonly string[]
  /** What these groups give, composites expanded. */
  readonly groupRoles: readonly { readonly name: string; readonly clientId: string | null }[]
}
