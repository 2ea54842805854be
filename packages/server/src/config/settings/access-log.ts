import type { SettingArea } from './setting.ts'

/** HTTP access log: every option of Keycloak 26 on this subject, and what of it acts here. */
export const accessLogSettings: SettingArea = {
  title: 'HTTP access log',
  settings: [
    {
      name: 'http-access-log-enabled',
      type: 'boolean',
      default: 'false',
      inert: true,
      description: 'HTTP access log enabled.',
    },
    {
      name: 'http-access-log-exclude',
      type: 'text',
      argument: 'exclusions',
      inert: true,
      description: 'HTTP access log exclude.',
    },
    {
      name: 'http-access-log-file-enabled',
      type: 'boolean',
      default: 'false',
      inert: true,
      description: 'HTTP access log file enabled.',
    },
    {
      name: 'http-access-log-file-name',
      type: 'text',
      argument: 'name',
      default: 'keycloak-http-access',
      inert: true,
      description: 'HTTP access log file name.',
    },
    {
      name: 'http-access-log-file-rotate',
      type: 'boolean',
      default: 'true',
      inert: true,
      description: 'HTTP access log file rotate.',
    },
    {
      name: 'http-access-log-file-suffix',
      type: 'text',
      argument: 'suffix',
      default: '.log',
      inert: true,
      description: 'HTTP access log file suffix.',
    },
    {
      name: 'http-access-log-masked-cookies',
      type: 'text',
      argument: 'cookies',
      inert: true,
      description: 'HTTP access log masked cookies.',
    },
    {
      name: 'http-access-log-masked-headers',
      type: 'text',
      argument: 'headers',
      inert: true,
      description: 'HTTP access log masked headers.',
    },
    {
      name: 'http-access-log-pattern',
      type: 'text',
      argument: 'pattern',
      default: 'common',
      suggested: ['common', 'combined', 'long'],
      inert: true,
      description: 'HTTP access log pattern.',
    },
  ],
}
