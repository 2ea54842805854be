import { readFileSync } from 'node:fs'
import { pkcs12Secrets } from '@holdfast/cluster'
import { outdatedKind } from '../key-stores/store-content.ts'
import { SettingError } from './setting-error.ts'

/** Aliases of settings, as Keycloak wants them. */
const prefix = 'kc.'

export interface ConfigKeystorePlace {
  /** Absolute. */
  readonly file: string
  readonly password: string | undefined
  readonly type: string
}

/**
 * Reads a PKCS#12 store that holds settings as secrets, with aliases such as `kc.db-password` (`keytool -importpass`).
 * @returns values by name
 * @throws SettingError when it cannot be read
 */
export function configKeystore({
  file,
  password,
  type,
}: ConfigKeystorePlace): ReadonlyMap<string, string> {
  if (password === undefined) {
    throw new SettingError('config-keystore-password must be specified')
  }
  if (type.toUpperCase() !== 'PKCS12') throw refused(file, `the type ${type} cannot be read`)
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (error) {
    throw refused(file, `it cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const outdated = outdatedKind(content)
  if (outdated !== undefined) throw refused(file, outdated)
  try {
    const secrets = [...pkcs12Secrets(content, password)]
    return new Map(
      secrets.flatMap(([alias, secret]) =>
        alias.startsWith(prefix) ? [[alias.slice(prefix.length), secret]] : [],
      ),
    )
  } catch (error) {
    throw refused(file, (error as Error).message)
  }
}

function refused(file: string, reason: string): SettingError {
  return new SettingError(`Invalid value for option '--config-keystore': ${file}: ${reason}`)
}
