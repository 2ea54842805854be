import type { Html } from '../html.ts'

/** Places of a page that a theme may fill. */
export type SlotName = 'beside' | 'footer' | 'header'

/** What a theme adds to one page; addresses are absolute paths. */
export interface PageLook {
  /** Whether the sheets that come with the server are used. */
  readonly ownStyles: boolean
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]
  readonly favicon?: string | undefined
  /** Shown above the form; without it the realm's name is. */
  readonly logo?: string | undefined
  /** Markup of a slot; absent where the theme leaves it as it is. */
  slot(name: SlotName): Html | undefined
}

/** How pages look where no theme says otherwise. */
export const plainLook: PageLook = {
  ownStyles: true,
  stylesheets: [],
  scripts: [],
  slot: () => undefined,
}
