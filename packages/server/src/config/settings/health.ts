import type { SettingArea } from './setting.ts'

/** Health: every option of Keycloak 26 on this subject, and what of it acts here. */
export const healthSettings: SettingArea = {
  title: 'Health',
  settings: [
    {
      name: 'health-enabled',
      type: 'boolean',
      default: 'true',
      description: 'Serves /health on the management port.',
    },
  ],
}
