/** How the text of a setting is read. */
export type SettingType = 'text' | 'boolean' | 'integer' | 'duration' | 'choice' | 'list' | 'flag'

/** One setting: everything that the start, `--help`, `show-config` and the reference page know about it. */
export interface Setting {
  /** CLI name without dashes; `KC_` + upper snake case is the environment variable. `<x>` at the end stands for any text. */
  readonly name: string
  readonly type: SettingType
  /** What `--help` shows for the value. */
  readonly argument?: string
  readonly default?: string
  /** Default of `start-dev`, where it differs. */
  readonly devDefault?: string
  /** Values that are taken; anything else stops the start. */
  readonly allowed?: readonly string[]
  /** Values that Keycloak documents, for a setting that takes others too. */
  readonly suggested?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly description: string
  /** Never shown, never logged. */
  readonly secret?: true
  /** Accepted, since Keycloak knows it, but nothing here acts on it yet: setting it is answered with a warning. */
  readonly inert?: true
  /** Why nothing here can act on it, as the end of a sentence: setting it is answered with that. */
  readonly cannot?: string
  /** Holdfast's own; Keycloak does not have it. */
  readonly own?: true
}

/** The settings of one subject, in the order of the reference page. */
export interface SettingArea {
  readonly title: string
  readonly settings: readonly Setting[]
}
