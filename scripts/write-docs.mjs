/** `npm run docs`: writes the pages under docs/reference/ from the code that they describe. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { composeProviders } from '../packages/server/dist/composition/compose-providers.js'
import { settingsReference } from '../packages/server/dist/config/settings-reference.js'
import { features } from '../packages/server/dist/domains/providers/catalogue/features.js'
import { configurationOnlyReference } from '../packages/server/dist/domains/providers/configuration-only-reference.js'
import { openApiOf } from '../packages/server/dist/protocols/admin/open-api.js'
import { adminRoutes } from '../packages/server/dist/protocols/admin/register-admin.js'
import { endpointsReference } from '../packages/server/dist-tests/endpoints/endpoints-reference.js'
import { errorCatalogue } from '../tidy/dist/error-catalogue.js'
import { specificationTests } from '../tidy/dist/specification-tests.js'

/** As without any option. */
const on = features.filter(({ type }) => type === 'DEFAULT').map(({ name }) => name)
const directory = join(import.meta.dirname, '..', 'docs', 'reference')
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'settings.md'), settingsReference())
writeFileSync(
  join(directory, 'configuration-only.md'),
  configurationOnlyReference(composeProviders(new Set(on))),
)
const tests = 'packages/server/tests'
const files = readdirSync(join(import.meta.dirname, '..', tests), { recursive: true })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => ({
    path: `${tests}/${name.replaceAll('\\', '/')}`,
    text: readFileSync(join(import.meta.dirname, '..', tests, name), 'utf8'),
  }))
writeFileSync(join(directory, 'specification-tests.md'), specificationTests(files))
// Which endpoints there are depends on nothing that their handlers need at work.
const api = openApiOf(adminRoutes({}))
const allTests = join(import.meta.dirname, '..', 'packages', 'server', 'tests')
writeFileSync(join(directory, 'admin-endpoints.md'), endpointsReference(api, allTests))
const sources = join(import.meta.dirname, '..', 'packages', 'server', 'src')
const sourceFiles = readdirSync(sources, { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({
    path: `packages/server/src/${name.replaceAll('\\', '/')}`,
    text: readFileSync(join(sources, name), 'utf8'),
  }))
writeFileSync(join(directory, 'errors.md'), errorCatalogue(sourceFiles))
