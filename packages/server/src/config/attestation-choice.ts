import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'
import { namedCertificates } from './trusted-peers.ts'

/** Who may vouch for authenticators. */
export interface AttestationChoice {
  /** PEM; null = nobody is asked to. */
  readonly roots: readonly string[] | null
  /** Blob of the FIDO Metadata Service; null without one. */
  readonly metadata: string | null
}

/**
 * Reads `webauthn-attestation-roots`, or else the trust store as Keycloak does, and `webauthn-metadata-file`.
 * @throws SettingError for a file that cannot be read
 */
export function attestationChoice(values: SettingValues, home: string): AttestationChoice {
  const own = values.list('webauthn-attestation-roots').map((path) => resolve(home, path))
  const roots =
    own.length > 0
      ? namedCertificates('webauthn-attestation-roots', own)
      : namedCertificates(
          'truststore-paths',
          values.list('truststore-paths').map((path) => resolve(home, path)),
        )
  const file = values.text('webauthn-metadata-file')
  return {
    roots: roots.length === 0 ? null : roots,
    metadata: file === undefined ? null : textOf(resolve(home, file)),
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { message } = error as Error
    throw new SettingError(`Invalid value for option '--webauthn-metadata-file': ${message}`)
  }
}
