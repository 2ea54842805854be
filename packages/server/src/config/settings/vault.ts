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
      inert: true,
      description: 'Vault provider.',
    },
    { name: 'vault-dir', type: 'text', argument: 'dir', inert: true, description: 'Vault dir.' },
    { name: 'vault-file', type: 'text', argument: 'file', inert: true, description: 'Vault file.' },
    {
      name: 'vault-pass',
      type: 'text',
      argument: 'pass',
      secret: true,
      inert: true,
      description: 'Vault pass.',
    },
    {
      name: 'vault-type',
      type: 'text',
      argument: 'type',
      default: 'PKCS12',
      inert: true,
      description: 'Vault type.',
    },
  ],
}
