import type { SettingArea } from './setting.ts'

/** Configuration store: every option of Keycloak 26 on this subject, and what of it acts here. */
export const configurationSettings: SettingArea = {
  title: 'Configuration store',
  settings: [
    {
      name: 'config-keystore',
      type: 'text',
      argument: 'config-keystore',
      inert: true,
      description: 'Config keystore.',
    },
    {
      name: 'config-keystore-password',
      type: 'text',
      argument: 'config-keystore-password',
      secret: true,
      inert: true,
      description: 'Config keystore password.',
    },
    {
      name: 'config-keystore-type',
      type: 'text',
      argument: 'config-keystore-type',
      default: 'PKCS12',
      inert: true,
      description: 'Config keystore type.',
    },
  ],
}
