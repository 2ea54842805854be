import type { SettingArea } from './setting.ts'

/** Management interface: every option of Keycloak 26 on this subject, and what of it acts here. */
export const managementSettings: SettingArea = {
  title: 'Management interface',
  settings: [
    {
      name: 'http-management-health-enabled',
      type: 'boolean',
      default: 'true',
      description: 'Whether health is on the management port; else it is on the main port.',
    },
    {
      name: 'http-management-host',
      type: 'text',
      argument: 'host',
      description: 'Address of the management listener.',
    },
    {
      name: 'http-management-port',
      type: 'integer',
      argument: 'port',
      default: '9000',
      min: 0,
      max: 65535,
      description: 'Port of health and metrics.',
    },
    {
      name: 'http-management-relative-path',
      type: 'text',
      argument: 'path',
      default: '/',
      description: 'Path of the management interface.',
    },
    {
      name: 'http-management-scheme',
      type: 'choice',
      argument: 'scheme',
      default: 'inherited',
      allowed: ['http', 'inherited'],
      description:
        '`http` keeps the management port plain although the main listener is encrypted.',
    },
    {
      name: 'https-management-certificate-file',
      type: 'text',
      argument: 'file',
      description:
        'PEM file with the certificate chain of the management listener; unless set, that of the main listener.',
    },
    {
      name: 'https-management-certificate-key-file',
      type: 'text',
      argument: 'file',
      description: 'PEM file with its private key.',
    },
    {
      name: 'https-management-certificates-reload-period',
      type: 'duration',
      argument: 'reload period',
      default: '1h',
      description: 'As `https-certificates-reload-period`, which it follows unless set.',
    },
    {
      name: 'https-management-cipher-suites',
      type: 'text',
      argument: 'ciphers',
      description: 'As `https-cipher-suites`, which it follows unless set.',
    },
    {
      name: 'https-management-client-auth',
      type: 'choice',
      argument: 'auth',
      default: 'none',
      allowed: ['none', 'request', 'required'],
      description: 'Whether clients of the management listener are asked for a certificate.',
    },
    {
      name: 'https-management-key-store-file',
      type: 'text',
      argument: 'file',
      description: 'PKCS#12 or PEM file with key and certificate of the management listener.',
    },
    {
      name: 'https-management-key-store-password',
      type: 'text',
      argument: 'password',
      default: 'password',
      secret: true,
      description: 'Password of that store.',
    },
    {
      name: 'https-management-key-store-type',
      type: 'text',
      argument: 'type',
      description: 'As `https-key-store-type`.',
    },
    {
      name: 'https-management-protocols',
      type: 'text',
      argument: 'protocols',
      default: 'TLSv1.3,TLSv1.2',
      description: 'As `https-protocols`, which it follows unless set.',
    },
    {
      name: 'https-management-trust-store-file',
      type: 'text',
      argument: 'file',
      description: 'As `https-trust-store-file`, which it follows unless set.',
    },
    {
      name: 'https-management-trust-store-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description: 'Password of that store.',
    },
    {
      name: 'https-management-trust-store-type',
      type: 'text',
      argument: 'type',
      description: 'As `https-key-store-type`.',
    },
    {
      name: 'legacy-observability-interface',
      type: 'boolean',
      default: 'false',
      description:
        'Shows health and metrics on the main port, below its path, and opens no management port.',
    },
  ],
}
