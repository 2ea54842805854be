import type { SettingArea } from './setting.ts'

/** Command line: every option of Keycloak 26 on this subject, and what of it acts here. */
export const commandOptionsSettings: SettingArea = {
  title: 'Command line',
  settings: [
    { name: 'help', type: 'flag', description: 'Shows the options of the command.' },
    { name: 'help-all', type: 'flag', description: 'Shows every option of the command.' },
    {
      name: 'import-realm',
      type: 'flag',
      description:
        'Imports the realm files of data/import when the server starts; realms that exist are left alone.',
    },
    {
      name: 'optimized',
      type: 'flag',
      description: 'Accepted for scripts written for Keycloak: there is no build step to skip.',
    },
    {
      name: 'verbose',
      type: 'flag',
      description: 'Prints the stack trace of an error that ends a command.',
    },
  ],
}
