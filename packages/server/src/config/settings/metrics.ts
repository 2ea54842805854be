import type { SettingArea } from './setting.ts'

/** Metrics: every option of Keycloak 26 on this subject, and what of it acts here. */
export const metricsSettings: SettingArea = {
  title: 'Metrics',
  settings: [
    {
      name: 'metrics-enabled',
      type: 'boolean',
      default: 'true',
      description: 'Serves /metrics on the management port.',
    },
  ],
}
