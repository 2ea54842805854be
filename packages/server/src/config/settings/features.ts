import type { SettingArea } from './setting.ts'

/** Features: every option of Keycloak 26 on this subject, and what of it acts here. */
export const featuresSettings: SettingArea = {
  title: 'Features',
  settings: [
    {
      name: 'feature-<name>',
      type: 'text',
      argument: 'enabled|disabled|vX(X is version)',
      inert: true,
      description: 'Feature <name>.',
    },
    {
      name: 'features',
      type: 'list',
      argument: 'feature',
      inert: true,
      description: 'Features to switch on.',
    },
    {
      name: 'features-disabled',
      type: 'list',
      argument: 'feature',
      inert: true,
      description: 'Features to switch off.',
    },
  ],
}
