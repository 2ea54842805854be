import type { Client } from '../../domains/clients/client.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Clock } from '../../shared/clock.ts'
import { Theme } from './theme.ts'
import type { FolderKind, ThemeFolder, ThemeKind } from './theme-folder.ts'

export interface ThemesDeps {
  readonly kind: ThemeKind
  /** Names of the folders that hold a theme of this kind. */
  readonly names: () => readonly string[]
  readonly read: (name: string, kind: FolderKind) => ThemeFolder | undefined
  /** What changes when any theme does; absent where themes are read once, at the start. */
  readonly signature?: (() => string) | undefined
  readonly clock: Pick<Clock, 'now'>
  /** Told what of a theme does not act, and what to do instead. */
  readonly warn: (text: string) => void
}

/** Themes of one kind, as far as pages, mails and lists need them. */
export type ThemesOfKind = Pick<Themes, 'all' | 'byName' | 'of'>

const themesMax = 100
/** How often a changing theme is looked at. */
const freshForMs = 300
const realmSettings = {
  login: 'loginTheme',
  email: 'emailTheme',
  account: 'accountTheme',
  admin: 'adminTheme',
} as const

/** Themes of one kind in `themes/`. While they are developed, a page shows what its theme's folder holds by now. */
export class Themes {
  readonly #deps: ThemesDeps
  #known = new Map<string, Theme>()
  #signature: string | undefined
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(deps: ThemesDeps) {
    this.#deps = deps
    this.#read()
  }

  /** All of them, by name. */
  get all(): readonly Theme[] {
    this.#refresh()
    return [...this.#known.values()]
  }

  byName(name: string): Theme | undefined {
    this.#refresh()
    return this.#known.get(name)
  }

  /**
   * @param client whose theme of the login pages counts before the realm's
   * @returns the theme that a realm has; undefined for the server's own look
   */
  of(realm: Realm | null, client?: Client | null | undefined): Theme | undefined {
    const { kind } = this.#deps
    const ofClient = kind === 'login' ? client?.representation.attributes?.['login_theme'] : ''
    const name = ofClient || realm?.settings[realmSettings[kind]]
    return typeof name === 'string' && name !== '' ? this.byName(name) : undefined
  }

  #refresh(): void {
    const now = this.#deps.clock.now()
    if (this.#deps.signature === undefined || now - this.#lookedAt < freshForMs) return
    this.#read()
    this.#lookedAt = now
  }

  #read(): void {
    const { kind, names, read, signature = (): string => '', warn } = this.#deps
    const signed = signature()
    if (signed === this.#signature) return
    const folders = new Map<string, ThemeFolder | undefined>()
    const folderOf = (name: string, of: FolderKind) => {
      const path = `${name}/${of}`
      if (!folders.has(path)) folders.set(path, read(name, of))
      return folders.get(path)
    }
    const known = new Map<string, Theme>()
    for (const name of names().slice(0, themesMax)) {
      const folder = folderOf(name, kind)
      if (folder === undefined) continue
      const theme = new Theme(kind, folder, folderOf)
      const called = kind === 'login' ? name : `${name}/${kind}`
      for (const problem of theme.problems) warn(`Theme ${called}: ${problem}`)
      known.set(name, theme)
    }
    this.#known = known
    this.#signature = signed
  }
}

/** Where there is no folder of themes. */
export const noThemes: ThemesOfKind = {
  all: [],
  byName: () => undefined,
  of: () => undefined,
}
