import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Realms } from '../domains/realms/realms.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import { ConsoleAssets, type ConsoleType } from '../protocols/consoles/console-assets.ts'
import { ConsoleTexts } from '../protocols/consoles/console-texts.ts'
import {
  registerAdminConsole,
  registerAdminEntrance,
} from '../protocols/consoles/register-admin-console.ts'
import { registerConsoleResources } from '../protocols/consoles/register-console-resources.ts'

/** The folder `packages`, from here and from the bundle alike. */
const packages = join(import.meta.dirname, '..', '..', '..')

/** @returns the files of a console, read when they are first asked for */
function consoleAssets(): (type: ConsoleType) => Promise<ConsoleAssets> {
  const loading = new Map<ConsoleType, Promise<ConsoleAssets>>()
  return (type) => {
    const known = loading.get(type)
    if (known !== undefined) return known
    const loaded = ConsoleAssets.load(join(packages, `${type}-console`, 'dist'))
    loading.set(type, loaded)
    loaded.catch(() => loading.delete(type))
    return loaded
  }
}

interface ConsoleDeps {
  readonly realms: Realms
  readonly urls: ServerUrls
}

/** Registers the consoles' files and texts, and the way to them. */
export function composeConsoles(app: FastifyInstance, { realms, urls }: ConsoleDeps): void {
  const texts = new ConsoleTexts(join(packages, 'translations', 'texts'))
  registerConsoleResources(app, { realms, texts, assets: consoleAssets() })
  registerAdminEntrance(app, { urls })
}

/** Registers the admin console's page. */
export function composeAdminConsole(app: FastifyInstance, deps: ConsoleDeps): void {
  const assets = consoleAssets()
  registerAdminConsole(app, { ...deps, assets: () => assets('admin') })
}
