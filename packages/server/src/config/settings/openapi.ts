import type { SettingArea } from './setting.ts'

/** OpenAPI: every option of Keycloak 26 on this subject, and what of it acts here. */
export const openapiSettings: SettingArea = {
  title: 'OpenAPI',
  settings: [
    {
      name: 'openapi-enabled',
      type: 'boolean',
      default: 'false',
      cannot: 'the description of Admin REST is always served, at /admin/openapi',
      description: 'The description of Admin REST, on the management port.',
    },
    {
      name: 'openapi-ui-enabled',
      type: 'boolean',
      default: 'false',
      cannot: 'the description of Admin REST is always served, at /admin/openapi',
      description: 'The description of Admin REST, on the management port.',
    },
  ],
}
