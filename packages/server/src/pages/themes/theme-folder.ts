import type { StaticFile } from '../static-file.ts'

/** What one folder of `themes/` says, before it is joined with the themes that it builds on. */
export interface ThemeFolder {
  readonly name: string
  /** `theme.properties`. */
  readonly properties: Readonly<Record<string, string>>
  /** Texts by language (BCP 47 tag) and key. */
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Files below `resources/` by their path. */
  readonly files: ReadonlyMap<string, StaticFile>
  /** Markup of `slots/{name}.html`. */
  readonly slots: Readonly<Record<string, string>>
  /** What of the folder does not act, and what to do instead. */
  readonly problems: readonly string[]
}

/** Finds the folder of a theme. */
export type ThemeFolderOf = (name: string) => ThemeFolder | undefined
