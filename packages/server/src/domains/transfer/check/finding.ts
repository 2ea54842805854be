/**
 * How much something that was found in files matters: `blocks` = the import is refused, or logins or requests that work with
 * Keycloak are; `idle` = it is configuration only; `differs` = it is read otherwise than it may be meant; `acts` = what there is.
 */
export type Severity = 'blocks' | 'idle' | 'differs' | 'acts'

/** Something that is to be known before a realm is moved. */
export interface Finding {
  readonly severity: Severity
  /** What it is about: `flow`, `user`, `client`, … */
  readonly subject: string
  readonly text: string
}

/** What was found of one realm. */
export interface RealmReport {
  readonly file: string
  readonly realm: string
  readonly users: number
  readonly findings: readonly Finding[]
}
