import { readFileSync } from 'node:fs'
import { SettingError } from './setting-error.ts'
import { parseList } from './setting-syntax.ts'
import type { SettingValues } from './setting-values.ts'

const keyBytes = 32

/**
 * @returns the keys of `encryption-key` or `encryption-key-file`, current one first; empty when neither is set
 * @throws SettingError when one is not 32 bytes of base64 or hex
 */
export function encryptionKeys(values: SettingValues): readonly Buffer[] {
  const given = values.text('encryption-key')
  const file = values.text('encryption-key-file')
  if (given !== undefined) return parseList(given).map((text) => keyOf(text, '--encryption-key'))
  if (file === undefined) return []
  const keys = parseList(readKeyFile(file).replaceAll(/\s+/g, ','))
  if (keys.length === 0) {
    throw new SettingError(`Invalid value for option '--encryption-key-file': ${file} holds no key`)
  }
  return keys.map((text) => keyOf(text, '--encryption-key-file'))
}

function readKeyFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new SettingError(
      `Invalid value for option '--encryption-key-file': ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    )
  }
}

function keyOf(text: string, option: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  if (key.length !== keyBytes) {
    throw new SettingError(
      `Invalid value for option '${option}': Expected ${keyBytes} bytes as base64 or hex (make one with: openssl rand -base64 32)`,
    )
  }
  return key
}
