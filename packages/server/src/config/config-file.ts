import { readFileSync } from 'node:fs'
import { SettingError } from './setting-error.ts'

/** Variables by which values may refer to the environment: `${NAME}` or `${NAME:default}`. */
const reference = /\$\{([A-Za-z_][\w.-]*)(?::([^}]*))?\}/g

/**
 * Reads `conf/keycloak.conf`: `name=value` lines, `#` comments, `\` at the end of a line continues it.
 * @param environment what `${NAME}` in a value refers to
 * @returns values by name; undefined when the file is not there
 */
export function readConfigFile(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Map<string, string> | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new SettingError(
      `The configuration file ${file} cannot be read: ${(error as Error).message}`,
    )
  }
  return parseConfig(text, environment)
}

/** Parses the text of such a file. */
export function parseConfig(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
): Map<string, string> {
  const values = new Map<string, string>()
  for (const line of text.replace(/\\\r?\n\s*/g, '').split(/\r?\n/)) {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith('!')) continue
    const separator = /[=:]/.exec(trimmed)
    const name = separator === null ? trimmed : trimmed.slice(0, separator.index).trim()
    const raw = separator === null ? '' : trimmed.slice(separator.index + 1).trim()
    const value = raw.replace(reference, (_whole, variable: string, fallback?: string) => {
      return environment[variable] ?? fallback ?? ''
    })
    values.set(name.replace(/^kc\./, ''), value)
  }
  return values
}
