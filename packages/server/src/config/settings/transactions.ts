import type { SettingArea } from './setting.ts'

/** Transactions: every option of Keycloak 26 on this subject, and what of it acts here. */
export const transactionsSettings: SettingArea = {
  title: 'Transactions',
  settings: [
    {
      name: 'transaction-default-timeout',
      type: 'duration',
      argument: 'timeout',
      default: '5m',
      inert: true,
      description: 'Transaction default timeout.',
    },
    {
      name: 'transaction-setup-timeout',
      type: 'duration',
      argument: 'timeout',
      default: '30m',
      description: 'How long the start waits for a migration of the schema.',
    },
    {
      name: 'transaction-xa-enabled',
      type: 'boolean',
      default: 'false',
      inert: true,
      description: 'XA data source.',
    },
    {
      name: 'transaction-xa-enabled-<datasource>',
      type: 'boolean',
      default: 'true',
      inert: true,
      description: 'Transaction XA enabled <datasource>.',
    },
  ],
}
