interface ConfigProperty {
  readonly name: string
  readonly label: string
  readonly type: 'String' | 'boolean' | 'List' | 'Text' | 'Password'
  readonly defaultValue?: string
  readonly options?: readonly string[]
}

const common: readonly ConfigProperty[] = [
  { name: 'priority', label: 'Priority', type: 'String', defaultValue: '0' },
  { name: 'enabled', label: 'Enabled', type: 'boolean', defaultValue: 'true' },
  { name: 'active', label: 'Active', type: 'boolean', defaultValue: 'true' },
]

/** Key providers with what of them an administrator chooses. */
const keyProviders: Readonly<Record<string, readonly ConfigProperty[]>> = {
  'aes-generated': [
    {
      name: 'secretSize',
      label: 'AES Key size',
      type: 'List',
      defaultValue: '32',
      options: ['16', '24', '32'],
    },
  ],
  'ecdh-generated': [
    { name: 'ecGenerateCertificate', label: 'Generate Certificate', type: 'boolean' },
    {
      name: 'ecdhEllipticCurveKey',
      label: 'Elliptic Curve',
      type: 'List',
      defaultValue: 'P-256',
      options: ['P-256', 'P-384', 'P-521'],
    },
    {
      name: 'ecdhAlgorithm',
      label: 'Algorithm',
      type: 'List',
      defaultValue: 'ECDH-ES',
      options: ['ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A192KW', 'ECDH-ES+A256KW'],
    },
  ],
  'ecdsa-generated': [
    { name: 'ecGenerateCertificate', label: 'Generate Certificate', type: 'boolean' },
    {
      name: 'ecdsaEllipticCurveKey',
      label: 'Elliptic Curve',
      type: 'List',
      defaultValue: 'P-256',
      options: ['P-256', 'P-384', 'P-521'],
    },
  ],
  'eddsa-generated': [
    {
      name: 'eddsaEllipticCurveKey',
      label: 'Elliptic Curve',
      type: 'List',
      defaultValue: 'Ed25519',
      options: ['Ed25519', 'Ed448'],
    },
  ],
  'hmac-generated': [
    {
      name: 'secretSize',
      label: 'Secret size',
      type: 'List',
      defaultValue: '128',
      options: ['16', '24', '32', '64', '128', '256', '512'],
    },
    {
      name: 'algorithm',
      label: 'Algorithm',
      type: 'List',
      defaultValue: 'HS512',
      options: ['HS256', 'HS384', 'HS512'],
    },
  ],
  rsa: [
    { name: 'privateKey', label: 'Private RSA Key', type: 'Text' },
    { name: 'certificate', label: 'X509 Certificate', type: 'Text' },
    {
      name: 'algorithm',
      label: 'Algorithm',
      type: 'List',
      defaultValue: 'RS256',
      options: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    },
  ],
  'rsa-enc': [
    { name: 'privateKey', label: 'Private RSA Key', type: 'Text' },
    { name: 'certificate', label: 'X509 Certificate', type: 'Text' },
    {
      name: 'algorithm',
      label: 'Algorithm',
      type: 'List',
      defaultValue: 'RSA-OAEP',
      options: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256'],
    },
  ],
  'rsa-enc-generated': [
    {
      name: 'keySize',
      label: 'Key size',
      type: 'List',
      defaultValue: '2048',
      options: ['1024', '2048', '3072', '4096'],
    },
    {
      name: 'algorithm',
      label: 'Algorithm',
      type: 'List',
      defaultValue: 'RSA-OAEP',
      options: ['RSA1_5', 'RSA-OAEP', 'RSA-OAEP-256'],
    },
  ],
  'rsa-generated': [
    {
      name: 'keySize',
      label: 'Key size',
      type: 'List',
      defaultValue: '2048',
      options: ['1024', '2048', '3072', '4096'],
    },
    {
      name: 'algorithm',
      label: 'Algorithm',
      type: 'List',
      defaultValue: 'RS256',
      options: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
    },
  ],
}

/** In the shape of `serverinfo`: providers by Java interface of Keycloak. */
export const componentTypes = {
  'org.keycloak.keys.KeyProvider': Object.entries(keyProviders).map(([id, properties]) => ({
    id,
    helpText: '',
    properties: [...common, ...properties].map((property) => ({
      ...property,
      helpText: '',
      secret: property.type === 'Password',
      required: false,
      readOnly: false,
    })),
    metadata: {},
  })),
}
