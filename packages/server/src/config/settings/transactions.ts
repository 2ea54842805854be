import type { SettingArea } from './setting.ts'

/** Transactions: every option of Keycloak 26 on this subject, and what of it acts here. */
export const transactionsSettings: SettingArea = {
  title: 'Transactions',
  settings: [
    {
      name: 'transaction-default-timeout',
      type: 'duration',
      argument: 'timeout',
      default: '8s',
      description:
        'How long a transaction may take, where PostgreSQL can bound that (from version 17 on); imports and migrations have longer. Keycloak allows 5 minutes.',
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
      cannot: 'there is one database, and a transaction in it needs no second phase',
      description: 'Distributed transactions.',
    },
    {
      name: 'transaction-xa-enabled-<datasource>',
      type: 'boolean',
      default: 'true',
      cannot: 'there is one database, and a transaction in it needs no second phase',
      description: 'Distributed transactions.',
    },
  ],
}
