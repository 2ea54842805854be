import type { GroupId, RealmId } from '../typed-ids.ts'

export interface Group {
  readonly id: GroupId
  readonly realmId: RealmId
  readonly parentId: string | null
  readonly name: string
  /** `/company/engineering`; a `/` inside a name stays as it is, as Keycloak does by default. */
  readonly path: string
  readonly description: string | null
  readonly attributes: Readonly<Record<string, string[]>>
  readonly ver: number
}
