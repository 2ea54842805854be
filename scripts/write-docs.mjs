/** `npm run docs`: writes the pages under docs/reference/ from the code that they describe. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { composeProviders } from '../packages/server/dist/composition/compose-providers.js'
import { settingsReference } from '../packages/server/dist/config/settings-reference.js'
import { configurationOnlyReference } from '../packages/server/dist/domains/providers/configuration-only-reference.js'

const directory = join(import.meta.dirname, '..', 'docs', 'reference')
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'settings.md'), settingsReference())
writeFileSync(
  join(directory, 'configuration-only.md'),
  configurationOnlyReference(composeProviders()),
)
