import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import { isPem, outdatedKind, pemCertificates, pemKey } from '../key-stores/store-content.ts'
import type { StorePlace } from '../key-stores/store-place.ts'
import { trustedCertificates } from '../key-stores/trusted-certificates.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'
import { storePlace } from './tls-choice.ts'
import type { TrustedPeers } from './trusted-peers.ts'

const trustStoreOption = 'db-tls-trust-store'
const keyStoreOption = 'db-mtls-key-store'

/**
 * `db-tls-mode`, or `sslmode` as the PostgreSQL drivers have it: `require` encrypts, `verify-ca` and `verify-full` also check
 * the certificate.
 * @returns false for a plain connection
 * @throws SettingError for a store that cannot be read
 */
export function databaseTls(
  values: SettingValues,
  properties: URLSearchParams,
  trusted: TrustedPeers,
): false | ConnectionOptions {
  const mode =
    properties.get('sslmode') ?? (properties.get('ssl') === 'true' ? 'verify-full' : undefined)
  const verified = values.text('db-tls-mode') === 'verify-server'
  if (!verified && (mode === undefined || ['disable', 'allow', 'prefer'].includes(mode)))
    return false
  const options = {
    ...(trusted.ca === undefined ? {} : { ca: trusted.ca }),
    ...authorities(values, properties),
    ...clientKey(values),
  }
  if (verified || mode === 'verify-full') {
    const { checkServerIdentity } = trusted
    return {
      ...options,
      rejectUnauthorized: true,
      ...(checkServerIdentity === undefined ? {} : { checkServerIdentity }),
    }
  }
  if (mode === 'verify-ca') {
    return { ...options, rejectUnauthorized: true, checkServerIdentity: () => undefined }
  }
  return { ...options, rejectUnauthorized: false }
}

function authorities(values: SettingValues, properties: URLSearchParams): ConnectionOptions {
  const named = storePlace(values, trustStoreOption)
  const root = properties.get('sslrootcert')
  const place = named ?? (root === null ? undefined : { file: root, password: undefined })
  if (place === undefined) return {}
  try {
    return { ca: trustedCertificates(contentOf(place, trustStoreOption), place.password) }
  } catch (error) {
    throw refused(trustStoreOption, place, (error as Error).message)
  }
}

/** What the database knows this server by (`db-mtls-key-store-file`). */
function clientKey(values: SettingValues): ConnectionOptions {
  const place = storePlace(values, keyStoreOption)
  if (place === undefined) return {}
  const content = contentOf(place, keyStoreOption)
  const outdated = outdatedKind(content)
  if (outdated !== undefined) throw refused(keyStoreOption, place, outdated)
  const passphrase = place.password === undefined ? {} : { passphrase: place.password }
  if (!isPem(content)) return { pfx: content, ...passphrase }
  const key = pemKey(content)
  const cert = pemCertificates(content).join('\n')
  if (key !== undefined && cert !== '') return { key, cert, ...passphrase }
  throw refused(keyStoreOption, place, 'it needs a private key and its certificate')
}

function contentOf(place: StorePlace, option: string): Buffer {
  try {
    return readFileSync(place.file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw refused(option, place, `it cannot be read (${code})`)
  }
}

function refused(option: string, { file }: StorePlace, reason: string): SettingError {
  return new SettingError(`Invalid value for option '--${option}-file': ${file}: ${reason}`)
}
