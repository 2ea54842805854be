/** `npm run docs`: writes the pages under docs/reference/ from the code that they describe. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingsReference } from '../packages/server/dist/config/settings-reference.js'

const directory = join(import.meta.dirname, '..', 'docs', 'reference')
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'settings.md'), settingsReference())
