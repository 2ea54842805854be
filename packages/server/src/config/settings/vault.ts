import type { SettingArea } from './setting.ts'

/** Vault: every option of Keycloak 26 on this subject, and what of it acts here. */
export const vaultSettings: SettingArea = {
  title: 'Vault',
  settings: [
    {
      name: 'vault',
      type: 'choice',
      argument: 'provider',
      allowed: ['file', 'keystore'],
      description:
        'Where secrets are that realms name as `${vault.key}`: a folder with a file for each, or a PKCS#12 store. `spi-vault--file--key-resolvers` says how files are called.',
    },
    {
      name: 'vault-dir',
      type: 'text',
      argument: 'dir',
      description: 'That folder; a secret is in `<realm>_<key>`, with each `_` of the two doubled.',
    },
    { name: 'vault-file', type: 'text', argument: 'file', description: 'That store.' },
    {
      name: 'vault-pass',
      type: 'text',
      argument: 'pass',
      secret: true,
      description: 'Password of the store.',
    },
    {
      name: 'vault-type',
      type: 'text',
      argument: 'type',
      default: 'PKCS12',
      description: '`PKCS12`; Java stores stop the start.',
    },
  ],
}
