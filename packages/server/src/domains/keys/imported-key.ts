import { createPublicKey } from 'node:crypto'
import { type ComponentConfig, requireSetting, settingOf } from '../realms/component-property.ts'
import { ModelError } from '../realms/model-error.ts'
import { parsedCertificate, privateKeyOf } from './key-component.ts'

const privateKeySetting = { name: 'privateKey', label: 'Private RSA Key' }

function orInvalid<T>(message: string, parse: () => T): T {
  try {
    return parse()
  } catch {
    throw new ModelError('invalid', message)
  }
}

/**
 * Checks the key that an administrator brought along (`rsa`, `rsa-enc`): it is an RSA key, and its certificate, where there is
 * one, is of that key.
 * @throws ModelError `invalid` in Keycloak's words
 */
export function requireImportedKey(providerId: string, config: ComponentConfig): void {
  if (providerId !== 'rsa' && providerId !== 'rsa-enc') return
  const text = requireSetting(config, privateKeySetting)
  const key = orInvalid('Failed to decode private key', () => privateKeyOf(text))
  if (key.asymmetricKeyType !== 'rsa') {
    throw new ModelError('invalid', 'Failed to decode private key')
  }
  const certificate = settingOf(config, 'certificate')
  if (certificate === undefined) return
  const parsed = orInvalid('Failed to decode certificate', () => parsedCertificate(certificate))
  if (!parsed.publicKey.equals(createPublicKey(key))) {
    throw new ModelError('invalid', 'Certificate does not match private key')
  }
}
