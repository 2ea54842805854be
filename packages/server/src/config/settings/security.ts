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
    {
      name: 'webauthn-attestation-roots',
      type: 'list',
      argument: 'paths',
      own: true,
      description:
        'PEM or PKCS#12 files, or folders of such: authorities that vouch for authenticators (formats `packed`, `tpm` and `fido-u2f`). Keys whose certificates lead to none of them are not registered. Without it those of `truststore-paths` count, as in Keycloak; without both every maker is believed.',
    },
    {
      name: 'webauthn-metadata-file',
      type: 'text',
      argument: 'file',
      own: true,
      description:
        'Blob of the FIDO Metadata Service, as downloaded: the authorities that it names for a model vouch for it besides, and models that it calls revoked or compromised are not registered. Its signature is checked.',
    },
  ],
}
