import type { SettingArea } from './setting.ts'

/** Configuration store: every option of Keycloak 26 on this subject, and what of it acts here. */
export const configurationSettings: SettingArea = {
  title: 'Configuration store',
  settings: [
    {
      name: 'config-keystore',
      type: 'text',
      argument: 'config-keystore',
      description:
        'PKCS#12 store with settings as secrets, under aliases such as `kc.db-password`; weaker than the file.',
    },
    {
      name: 'config-keystore-password',
      type: 'text',
      argument: 'config-keystore-password',
      secret: true,
      description: 'Password of that store.',
    },
    {
      name: 'config-keystore-type',
      type: 'text',
      argument: 'config-keystore-type',
      default: 'PKCS12',
      description: '`PKCS12`; Java stores stop the start.',
    },
  ],
}
