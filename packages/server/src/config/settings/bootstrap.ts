import type { SettingArea } from './setting.ts'

/** First administrator: every option of Keycloak 26 on this subject, and what of it acts here. */
export const bootstrapSettings: SettingArea = {
  title: 'First administrator',
  settings: [
    {
      name: 'bootstrap-admin-client-id',
      type: 'text',
      argument: 'client id',
      default: 'temp-admin',
      description: 'Client id of the first administrative service account.',
    },
    {
      name: 'bootstrap-admin-client-secret',
      type: 'text',
      argument: 'client secret',
      secret: true,
      description: 'Its secret.',
    },
    {
      name: 'bootstrap-admin-password',
      type: 'text',
      argument: 'password',
      secret: true,
      description:
        'Password of the first administrator; it is made when the master realm has none.',
    },
    {
      name: 'bootstrap-admin-username',
      type: 'text',
      argument: 'username',
      default: 'temp-admin',
      description: 'Name of the first administrator.',
    },
  ],
}
