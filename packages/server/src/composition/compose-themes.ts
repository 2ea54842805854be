import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { noThemes, Themes } from '../pages/themes/themes.ts'
import type { Foundation } from './foundation.ts'

/** Login themes, as far as pages and lists need them. */
export type KnownThemes = Pick<Themes, 'all' | 'byName' | 'of'>

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
  if (!existsSync(folder)) return noThemes
  const { readThemeFolder, themeNames, themeSignature } = await import(
    '../pages/themes/read-theme-folder.ts'
  )
  const log = loggers.of('org.keycloak.theme')
  return new Themes({
    names: () => themeNames(folder),
    read: (name) => readThemeFolder(folder, name),
    ...(settings.development ? { signature: (name: string) => themeSignature(folder, name) } : {}),
    clock,
    warn: (text) => log.warn(text),
  })
}
