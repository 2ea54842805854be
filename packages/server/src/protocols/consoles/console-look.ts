import type { Theme } from '../../pages/themes/theme.ts'
import type { ConsoleAssets, ConsoleType } from './console-assets.ts'

/** Name of the consoles' own theme, in addresses. */
export const consoleTheme = 'holdfast'

/** What the theme of a realm makes of a console's page. */
export interface ConsoleLook {
  /** Path of the console's files and the theme's, without a slash at the end. */
  readonly resourceUrl: string
  readonly stylesheets: readonly string[]
  readonly scripts: readonly string[]
  readonly title?: string | undefined
  readonly description?: string | undefined
  /** Path below `resourceUrl`, with its slash. */
  readonly favicon: string
  readonly faviconType: string
  /** As the console reads them: a path below the files, or an address; empty for its own. */
  readonly logo: string
  readonly logoUrl: string
  /** Whether the theme wants dark pages; realms that want none have none. */
  readonly dark: boolean
}

/** @param path by which browsers see the server. @returns how a console looks in a theme, or in none */
export function consoleLookOf(
  theme: Theme | undefined,
  type: ConsoleType,
  assets: ConsoleAssets,
  path: string,
): ConsoleLook {
  const version = consoleVersion(assets, theme)
  const name = encodeURIComponent(theme?.name ?? consoleTheme)
  return {
    resourceUrl: `${path}/resources/${version}/${type}/${name}`,
    stylesheets: theme?.filesIn('styles') ?? [],
    scripts: theme?.filesIn('scripts') ?? [],
    title: theme?.property('title'),
    description: theme?.property('description'),
    favicon: theme?.property('favIcon') ?? '/favicon.svg',
    faviconType: theme?.property('favIconType') ?? 'image/svg+xml',
    logo: theme?.property('logo') ?? '',
    logoUrl: theme?.property('logoUrl') ?? '',
    dark: theme?.property('darkMode') !== 'false',
  }
}

/** @returns what changes in addresses when the console or the theme does */
export function consoleVersion(assets: ConsoleAssets, theme: Theme | undefined): string {
  return theme === undefined ? assets.version : `${assets.version}${theme.version}`
}
