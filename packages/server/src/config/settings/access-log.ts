import type { SettingArea } from './setting.ts'

/** HTTP access log: every option of Keycloak 26 on this subject, and what of it acts here. */
export const accessLogSettings: SettingArea = {
  title: 'HTTP access log',
  settings: [
    {
      name: 'http-access-log-enabled',
      type: 'boolean',
      default: 'false',
      description: 'Logs each request, in category `org.keycloak.http.access-log`.',
    },
    {
      name: 'http-access-log-exclude',
      type: 'text',
      argument: 'exclusions',
      description: 'Regular expression; paths that match as a whole are not logged.',
    },
    {
      name: 'http-access-log-file-enabled',
      type: 'boolean',
      default: 'false',
      description: 'Writes these lines to a file of their own in `log` below the data directory.',
    },
    {
      name: 'http-access-log-file-name',
      type: 'text',
      argument: 'name',
      default: 'keycloak-http-access',
      description: 'Name of that file …',
    },
    {
      name: 'http-access-log-file-rotate',
      type: 'boolean',
      default: 'true',
      description:
        'Whether a new day begins a new file; the earlier ones get the date behind their name.',
    },
    {
      name: 'http-access-log-file-suffix',
      type: 'text',
      argument: 'suffix',
      default: '.log',
      description: '… and what stands behind it.',
    },
    {
      name: 'http-access-log-masked-cookies',
      type: 'text',
      argument: 'cookies',
      description: 'Cookies whose values are not shown, beside those of the server itself.',
    },
    {
      name: 'http-access-log-masked-headers',
      type: 'text',
      argument: 'headers',
      description: 'Headers whose values are not shown, beside those with credentials.',
    },
    {
      name: 'http-access-log-pattern',
      type: 'text',
      argument: 'pattern',
      default: 'common',
      suggested: ['common', 'combined', 'long'],
      description: 'Form of the lines, in the notation of Quarkus.',
    },
  ],
}
