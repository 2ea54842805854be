import { resolve } from 'node:path'
import { keyResolvers, type VaultSettings } from '../vault/vault-settings.ts'
import { SettingError } from './setting-error.ts'
import { parseList } from './setting-syntax.ts'
import type { SettingValues } from './setting-values.ts'

/** @returns undefined where there is no vault @throws SettingError when it is not described */
export function vaultSettings(values: SettingValues, home: string): VaultSettings | undefined {
  const kind = values.text('vault')
  if (kind === undefined) return undefined
  const resolvers = resolversOf(values, kind)
  if (kind === 'file') {
    const directory = values.text('vault-dir')
    if (directory === undefined) throw missing('vault-dir')
    return { kind, directory: resolve(home, directory), resolvers }
  }
  const file = values.text('vault-file')
  if (file === undefined) throw missing('vault-file')
  const type = values.text('vault-type') ?? 'PKCS12'
  if (type.toUpperCase() !== 'PKCS12') {
    throw new SettingError(
      `Invalid value for option '--vault-type': ${type}. Only PKCS12 can be read; convert a Java store with keytool -importkeystore -deststoretype PKCS12`,
    )
  }
  const password = values.text('vault-pass') ?? ''
  return { kind: 'keystore', file: resolve(home, file), password, resolvers }
}

function missing(name: string): SettingError {
  return new SettingError(`The option '--${name}' is missing: the vault needs it`)
}

/** `spi-vault--file--key-resolvers`, as Keycloak has it. */
function resolversOf(values: SettingValues, kind: string): VaultSettings['resolvers'] {
  const name = `spi-vault--${kind}--key-resolvers`
  const named = parseList(values.text(name) ?? 'REALM_UNDERSCORE_KEY')
  return named.map((wanted) => {
    const known = keyResolvers.find((one) => one === wanted.toUpperCase())
    if (known !== undefined) return known
    throw new SettingError(
      `Invalid value for option '--${name}': ${wanted}. Expected values are: ${keyResolvers.join(', ')}`,
    )
  })
}
