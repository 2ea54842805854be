import type { SettingArea } from './setting.ts'

/** Events: every option of Keycloak 26 on this subject, and what of it acts here. */
export const eventsSettings: SettingArea = {
  title: 'Events',
  settings: [
    {
      name: 'event-metrics-user-enabled',
      type: 'boolean',
      default: 'false',
      description: 'Counts user events in `keycloak_user_events_total`.',
    },
    {
      name: 'event-metrics-user-events',
      type: 'list',
      argument: 'events',
      description: 'Which user events are counted; all unless set.',
    },
    {
      name: 'event-metrics-user-tags',
      type: 'list',
      argument: 'tags',
      default: 'realm',
      allowed: ['realm', 'idp', 'clientId'],
      description: 'Labels of that counter.',
    },
  ],
}
