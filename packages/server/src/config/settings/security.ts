import type { SettingArea } from './setting.ts'

/** Security: every option of Keycloak 26 on this subject, and what of it acts here. */
export const securitySettings: SettingArea = {
  title: 'Security',
  settings: [
    {
      name: 'fips-mode',
      type: 'choice',
      argument: 'mode',
      default: 'disabled',
      allowed: ['non-strict', 'strict'],
      description:
        'Turns on the FIPS mode of OpenSSL, of both kinds alike; the start ends where this Node.js has none.',
    },
    {
      name: 'encryption-key',
      type: 'text',
      argument: 'keys',
      secret: true,
      own: true,
      description:
        'Keys that private keys and secrets are encrypted with at rest: 32 bytes as base64 or hex, comma separated; the first encrypts, the others still decrypt.',
    },
    {
      name: 'encryption-key-file',
      type: 'text',
      argument: 'file',
      own: true,
      description: 'File with those keys, one a line.',
    },
  ],
}
