import type { SettingArea } from './setting.ts'

/** Features: every option of Keycloak 26 on this subject, and what of it acts here. */
export const featuresSettings: SettingArea = {
  title: 'Features',
  settings: [
    {
      name: 'feature-<name>',
      type: 'text',
      argument: 'enabled|disabled|vX(X is version)',
      description: 'Switches one feature on or off, or chooses its version.',
    },
    {
      name: 'features',
      type: 'list',
      argument: 'feature',
      description:
        'Features to switch on (`name` or `name:v2`, `preview` for all of that kind); one that there is not stops the start.',
    },
    {
      name: 'features-disabled',
      type: 'list',
      argument: 'feature',
      description:
        'Features to switch off, with what depends on them. Which of them act stands below.',
    },
  ],
}
