import {
  type ComponentConfig,
  type ComponentProperty,
  checkBoolean,
  checkNumber,
  checkOption,
  requireSetting,
} from '../realms/component-property.ts'

const priority: ComponentProperty = {
  name: 'priority',
  label: 'Priority',
  type: 'String',
  defaultValue: '0',
}
const flag = (name: string, label: string): ComponentProperty => ({
  name,
  label,
  type: 'boolean',
  defaultValue: 'true',
})
const common: readonly ComponentProperty[] = [
  priority,
  flag('enabled', 'Enabled'),
  flag('active', 'Active'),
]

const list = (
  name: string,
  label: string,
  defaultValue: string | number,
  options: readonly string[],
): ComponentProperty => ({ name, label, type: 'List', defaultValue, options })

const signatures = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512']
const encryptions = ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256']
const agreements = ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW']
const keySize = list('keySize', 'Key size', 2048, ['1024', '2048', '3072', '4096'])
/** Bytes of a generated secret. Keycloak's list for every one of them, though consoles offer fewer for AES. */
const secretSizes = ['16', '24', '32', '64', '128', '256', '512']
const ecCurves = ['P-256', 'P-384', 'P-521']

const certified: ComponentProperty = {
  name: 'ecGenerateCertificate',
  label: 'Generate Certificate',
  type: 'boolean',
  defaultValue: false,
}
const importedKey: readonly ComponentProperty[] = [
  { name: 'privateKey', label: 'Private RSA Key', type: 'File', secret: true },
  { name: 'certificate', label: 'X509 Certificate', type: 'File' },
]

/** Where the key of a `java-keystore` component lies. Every one of them must be there. */
const keyStoreProperties = [
  { name: 'keystore', label: 'Keystore', type: 'String' },
  { name: 'keystorePassword', label: 'Keystore Password', type: 'String', secret: true },
  { name: 'keyAlias', label: 'Key Alias', type: 'String' },
  { name: 'keyPassword', label: 'Key Password', type: 'String', secret: true },
] as const satisfies readonly ComponentProperty[]

/** The key providers of Keycloak, each with what an administrator sets. */
export const keyProviders: Readonly<Record<string, readonly ComponentProperty[]>> = {
  'aes-generated': [...common, list('secretSize', 'AES Key size', '32', ['16', '24', '32'])],
  'ecdh-generated': [
    ...common,
    certified,
    list('ecdhEllipticCurveKey', 'Elliptic Curve', 'P-256', ecCurves),
    list('ecdhAlgorithm', 'Algorithm', 'ECDH-ES', agreements),
  ],
  'ecdsa-generated': [
    ...common,
    certified,
    list('ecdsaEllipticCurveKey', 'Elliptic Curve', 'P-256', ecCurves),
  ],
  'eddsa-generated': [
    ...common,
    list('eddsaEllipticCurveKey', 'Elliptic Curve', 'Ed25519', ['Ed25519', 'Ed448']),
  ],
  'hmac-generated': [
    ...common,
    list('secretSize', 'Secret size', '128', secretSizes),
    list('algorithm', 'Algorithm', 'HS512', ['HS256', 'HS384', 'HS512']),
  ],
  'java-keystore': [
    ...common,
    list('algorithm', 'Algorithm', 'RS256', [
      'AES',
      'EdDSA',
      'ES256',
      'ES384',
      'ES512',
      'HS256',
      'HS384',
      'HS512',
      ...signatures,
      ...encryptions,
      ...agreements,
    ]),
    ...keyStoreProperties,
    list('keystoreType', 'Keystore Type', 'JKS', ['JKS', 'PKCS12', 'BCFKS']),
    list('keyUse', 'Key use', 'sig', ['sig', 'enc']),
  ],
  rsa: [...common, ...importedKey, list('algorithm', 'Algorithm', 'RS256', signatures)],
  'rsa-enc': [...common, ...importedKey, list('algorithm', 'Algorithm', 'RSA-OAEP', encryptions)],
  'rsa-enc-generated': [
    ...common,
    keySize,
    list('algorithm', 'Algorithm', 'RSA-OAEP', encryptions),
  ],
  'rsa-generated': [...common, keySize, list('algorithm', 'Algorithm', 'RS256', signatures)],
}

/** Lists of which Keycloak takes nothing else; an unknown algorithm leaves the key unused there, and here. */
const strictLists: readonly Pick<ComponentProperty, 'name' | 'label' | 'options'>[] = [
  keySize,
  { name: 'secretSize', label: 'Secret size', options: secretSizes },
  { name: 'ecdsaEllipticCurveKey', label: 'Elliptic Curve', options: ecCurves },
  { name: 'ecdhEllipticCurveKey', label: 'Elliptic Curve', options: ecCurves },
  { name: 'eddsaEllipticCurveKey', label: 'Elliptic Curve', options: ['Ed25519', 'Ed448'] },
]

/**
 * Checks what a key component says about the key that it holds or wants: sizes and curves by Keycloak's lists, the priority,
 * `enabled` and `active`.
 * @throws ModelError `invalid` in Keycloak's words
 */
export function checkKeySettings(providerId: string, config: ComponentConfig): void {
  checkNumber(config, priority)
  for (const property of common) if (property.type === 'boolean') checkBoolean(config, property)
  checkBoolean(config, certified)
  if (providerId === 'java-keystore') {
    for (const property of keyStoreProperties) requireSetting(config, property)
  }
  const own = new Set(keyProviders[providerId]?.map(({ name }) => name))
  for (const property of strictLists) if (own.has(property.name)) checkOption(config, property)
}
