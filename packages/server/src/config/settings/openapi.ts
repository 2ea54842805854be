import type { SettingArea } from './setting.ts'

/** OpenAPI: every option of Keycloak 26 on this subject, and what of it acts here. */
export const openapiSettings: SettingArea = {
  title: 'OpenAPI',
  settings: [
    {
      name: 'openapi-enabled',
      type: 'boolean',
      default: 'false',
      inert: true,
      description: 'Openapi enabled.',
    },
    {
      name: 'openapi-ui-enabled',
      type: 'boolean',
      default: 'false',
      inert: true,
      description: 'Openapi ui enabled.',
    },
  ],
}
