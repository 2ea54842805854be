import type { SettingArea } from './setting.ts'

/** Truststore: every option of Keycloak 26 on this subject, and what of it acts here. */
export const truststoreSettings: SettingArea = {
  title: 'Truststore',
  settings: [
    {
      name: 'tls-hostname-verifier',
      type: 'choice',
      argument: 'tls-hostname-verifier',
      default: 'DEFAULT',
      allowed: ['ANY', 'WILDCARD', 'STRICT', 'DEFAULT'],
      inert: true,
      description: 'TLS hostname verifier.',
    },
    {
      name: 'truststore-kubernetes-enabled',
      type: 'boolean',
      argument: 'truststore-kubernetes-enabled',
      default: 'true',
      inert: true,
      description: 'Truststore kubernetes enabled.',
    },
    {
      name: 'truststore-paths',
      type: 'list',
      argument: 'truststore-paths',
      inert: true,
      description: 'Extra trusted certificates.',
    },
  ],
}
