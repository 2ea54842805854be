import type { SettingArea } from './setting.ts'

/** Server: every option of Keycloak 26 on this subject, and what of it acts here. */
export const serverSettings: SettingArea = {
  title: 'Server',
  settings: [
    {
      name: 'server-async-bootstrap',
      type: 'text',
      argument: 'enabled',
      cannot:
        'a start takes less than a second, and the management port answers from its first moment',
      description: 'Opens the listener before the start has ended.',
    },
    {
      name: 'workers',
      type: 'integer',
      argument: 'count',
      devDefault: '1',
      min: 1,
      max: 64,
      own: true,
      description: 'Worker processes; one per core unless set, one under `start-dev`.',
    },
    {
      name: 'data-dir',
      type: 'text',
      argument: 'dir',
      default: 'data',
      own: true,
      description:
        'Directory of the embedded database, of imports and of log files, relative to the home directory.',
    },
  ],
}
