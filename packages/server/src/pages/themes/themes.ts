import type { Client } from '../../domains/clients/client.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Clock } from '../../shared/clock.ts'
import { Theme } from './theme.ts'
import type { ThemeFolder } from './theme-folder.ts'

export interface ThemesDeps {
  /** Names of the folders that hold a login theme. */
  readonly names: () => readonly string[]
  readonly read: (name: string) => ThemeFolder | undefined
  /** What changes when the folder does; absent where themes are read once, at the start. */
  readonly signature?: (name: string) => string
  readonly clock: Pick<Clock, 'now'>
  /** Told what of a theme does not act, and what to do instead. */
  readonly warn: (text: string) => void
}

const themesMax = 100
/** How often a changing theme is looked at. */
const freshForMs = 300

interface Known {
  readonly theme: Theme
  readonly signature: string
}

/** Login themes of `themes/`. While they are developed, a page shows what its theme's folder holds by now. */
export class Themes {
  readonly #deps: ThemesDeps
  #known = new Map<string, Known>()
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(deps: ThemesDeps) {
    this.#deps = deps
    this.#read()
  }

  /** All of them, by name. */
  get all(): readonly Theme[] {
    this.#refresh()
    return [...this.#known.values()].map(({ theme }) => theme)
  }

  byName(name: string): Theme | undefined {
    this.#refresh()
    return this.#known.get(name)?.theme
  }

  /** @returns the theme that a client's pages have, its own before the realm's; undefined for the server's own look */
  of(realm: Realm | null, client: Client | null | undefined): Theme | undefined {
    const name = client?.representation.attributes?.['login_theme'] || realm?.settings.loginTheme
    return name ? this.byName(name) : undefined
  }

  #refresh(): void {
    const now = this.#deps.clock.now()
    if (this.#deps.signature === undefined || now - this.#lookedAt < freshForMs) return
    this.#read()
    this.#lookedAt = now
  }

  #read(): void {
    const { names, read, signature = () => '', warn } = this.#deps
    const all = names().slice(0, themesMax)
    const now = all.map(signature).join('\n')
    if (
      this.#known.size === all.length &&
      [...this.#known.values()].every((one) => one.signature === now)
    )
      return
    const folders = new Map(all.map((name) => [name, read(name)]))
    const known = new Map<string, Known>()
    for (const folder of folders.values()) {
      if (folder === undefined) continue
      const theme = new Theme(folder, (name) => folders.get(name))
      for (const problem of theme.problems) warn(`Theme ${theme.name}: ${problem}`)
      known.set(theme.name, { theme, signature: now })
    }
    this.#known = known
  }
}

/** Where there is no folder of themes. */
export const noThemes: Pick<Themes, 'all' | 'byName' | 'of'> = {
  all: [],
  byName: () => undefined,
  of: () => undefined,
}
