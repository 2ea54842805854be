import { keyProviderType } from '../../domains/keys/key-component.ts'
import { badRequest, refused } from './admin-error.ts'

/** Members that a generated key consists of: never shown, never overwritten by an update. */
export const generatedMembers: ReadonlySet<string> = new Set([
  'privateKey',
  'certificate',
  'secret',
  'kid',
  'keyUse',
  'ecdsaPublicKey',
  'ecdsaPrivateKey',
  'ecdhPublicKey',
  'ecdhPrivateKey',
  'eddsaPublicKey',
  'eddsaPrivateKey',
])

const registrationPolicyType =
  'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'

/** Provider types and the providers that may be stored; null = any. */
const providers: ReadonlyMap<string, ReadonlySet<string> | null> = new Map([
  [
    keyProviderType,
    new Set([
      'aes-generated',
      'ecdh-generated',
      'ecdsa-generated',
      'eddsa-generated',
      'hmac-generated',
      'java-keystore',
      'rsa',
      'rsa-enc',
      'rsa-enc-generated',
      'rsa-generated',
    ]),
  ],
  [
    registrationPolicyType,
    new Set([
      'allowed-client-templates',
      'allowed-protocol-mappers',
      'client-disabled',
      'consent-required',
      'max-clients',
      'registration-web-origins',
      'scope',
      'trusted-hosts',
    ]),
  ],
  ['org.keycloak.userprofile.UserProfileProvider', new Set(['declarative-user-profile'])],
  ['org.keycloak.storage.UserStorageProvider', new Set(['ldap', 'kerberos'])],
  ['org.keycloak.storage.ldap.mappers.LDAPStorageMapper', null],
])

const keySizes: Readonly<Record<string, readonly string[]>> = {
  'rsa-generated': ['1024', '2048', '3072', '4096'],
  'rsa-enc-generated': ['1024', '2048', '3072', '4096'],
}

/** @throws HttpError 400 for unknown providers and configuration that Keycloak refuses */
export function checkComponent(
  providerType: string,
  providerId: string,
  config: Readonly<Record<string, readonly string[]>>,
): void {
  const known = providers.get(providerType)
  if (known === undefined || (known !== null && !known.has(providerId))) {
    throw badRequest('Invalid provider type or no such provider')
  }
  if (providerType === keyProviderType) checkKey(providerId, config)
  if (providerId === 'ldap' && !config['editMode']?.[0]) {
    throw refused(400, 'Edit Mode is mandatory')
  }
}

function checkKey(providerId: string, config: Readonly<Record<string, readonly string[]>>): void {
  const priority = config['priority']?.[0]
  if (priority !== undefined && !/^-?\d{1,10}$/.test(priority)) {
    throw refused(400, "'Priority' should be a number")
  }
  const size = config['keySize']?.[0]
  const allowed = keySizes[providerId]
  if (size !== undefined && allowed && !allowed.includes(size)) {
    const listed = `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}`
    throw refused(400, `'Key size' should be ${listed}`)
  }
}
