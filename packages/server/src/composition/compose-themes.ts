import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { ThemeKind } from '../pages/themes/theme-folder.ts'
import { noThemes, Themes, type ThemesOfKind } from '../pages/themes/themes.ts'
import type { Foundation } from './foundation.ts'

/** Themes by their kind. */
export type KnownThemes = Readonly<Record<ThemeKind, ThemesOfKind>>

/**
 * Reads the themes of `themes/` in the home directory: once, and anew whenever they change with `start-dev`.
 * @returns none where there is no such folder
 */
export async function composeThemes({
  settings,
  loggers,
  clock,
}: Pick<Foundation, 'settings' | 'loggers' | 'clock'>): Promise<KnownThemes> {
  const folder = resolve(settings.home, 'themes')
  if (!existsSync(folder)) {
    return { login: noThemes, email: noThemes, account: noThemes, admin: noThemes }
  }
  const { readThemeFolder, themeNames, themesSignature } = await import(
    '../pages/themes/read-theme-folder.ts'
  )
  const log = loggers.of('org.keycloak.theme')
  const of = (kind: ThemeKind) =>
    new Themes({
      kind,
      names: () => themeNames(folder, kind),
      read: (name, ofKind) => readThemeFolder(folder, name, ofKind),
      signature: settings.development ? () => themesSignature(folder) : undefined,
      clock,
      warn: (text) => log.warn(text),
    })
  return { login: of('login'), email: of('email'), account: of('account'), admin: of('admin') }
}
