export interface Group {
  readonly id: string
  readonly realmId: string
  readonly parentId: string | null
  readonly name: string
  /** `/company/engineering`; a `/` inside a name is written `~/`, as Keycloak does. */
  readonly path: string
  readonly description: string | null
  readonly attributes: Readonly<Record<string, string[]>>
  readonly ver: number
}
