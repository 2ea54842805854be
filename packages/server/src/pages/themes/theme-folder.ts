import type { StaticFile } from '../static-file.ts'

/** Kinds of themes that realms choose, by the name of their folder. */
export const themeKinds = ['login', 'email', 'account', 'admin'] as const
export type ThemeKind = (typeof themeKinds)[number]

/** `common` is not chosen: themes import it. */
export type FolderKind = ThemeKind | 'common'

/** What one folder of `themes/` says, before it is joined with the themes that it builds on. */
export interface ThemeFolder {
  readonly name: string
  readonly kind: FolderKind
  /** `theme.properties`. */
  readonly properties: Readonly<Record<string, string>>
  /** Texts by language (BCP 47 tag) and key. */
  readonly texts: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Files below `resources/` by their path. */
  readonly files: ReadonlyMap<string, StaticFile>
  /** Content of `slots/`, by the file's name. */
  readonly slots: Readonly<Record<string, string>>
  /** What of the folder does not act, and what to do instead. */
  readonly problems: readonly string[]
}

/** Finds the folder of a theme. */
export type ThemeFolderOf = (name: string, kind: FolderKind) => ThemeFolder | undefined
