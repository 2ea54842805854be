import type { SettingArea } from './setting.ts'

/** Hostname: every option of Keycloak 26 on this subject, and what of it acts here. */
export const hostnameSettings: SettingArea = {
  title: 'Hostname',
  settings: [
    {
      name: 'hostname',
      type: 'text',
      argument: 'hostname|URL',
      description: 'Address under which browsers reach the server: a URL, or only a host name.',
    },
    {
      name: 'hostname-admin',
      type: 'text',
      argument: 'URL',
      description: 'URL of the admin console and Admin REST, when it differs from `hostname`.',
    },
    {
      name: 'hostname-backchannel-dynamic',
      type: 'boolean',
      default: 'false',
      description: 'Lets back-channel URLs follow the request; needs a full URL as `hostname`.',
    },
    {
      name: 'hostname-debug',
      type: 'boolean',
      default: 'false',
      description:
        'Serves `/realms/{realm}/hostname-debug`: what a request says of the address, and which addresses follow from it.',
    },
    {
      name: 'hostname-strict',
      type: 'boolean',
      default: 'true',
      devDefault: 'false',
      description: 'Refuses to take the host name from requests; off only where a proxy sets it.',
    },
  ],
}
