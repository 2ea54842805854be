import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import type { Realms } from '../domains/realms/realms.ts'
import { HttpError } from '../http/http-error.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import type { AccountDeps } from '../protocols/account/account-deps.ts'
import { registerAccount } from '../protocols/account/register-account.ts'
import {
  type AccountConsoleDeps,
  AccountConsolePage,
} from '../protocols/consoles/account-console-page.ts'
import { ConsoleAssets, type ConsoleType } from '../protocols/consoles/console-assets.ts'
import { ConsoleTexts } from '../protocols/consoles/console-texts.ts'
import {
  registerAdminConsole,
  registerAdminEntrance,
} from '../protocols/consoles/register-admin-console.ts'
import { registerConsoleResources } from '../protocols/consoles/register-console-resources.ts'
import type { KnownThemes } from './compose-themes.ts'

/** The folder `packages`, from here and from the bundle alike. */
const packages = join(import.meta.dirname, '..', '..', '..')

/** @returns the files of a console, read when they are first asked for */
function consoleAssets(): (type: ConsoleType) => Promise<ConsoleAssets> {
  const loading = new Map<ConsoleType, Promise<ConsoleAssets>>()
  return (type) => {
    const known = loading.get(type)
    if (known !== undefined) return known
    const loaded = builtConsole(type)
    loading.set(type, loaded)
    loaded.catch(() => loading.delete(type))
    return loaded
  }
}

/** @throws HttpError 404, which says what to do, where the console was not built */
async function builtConsole(type: ConsoleType): Promise<ConsoleAssets> {
  try {
    return await ConsoleAssets.load(join(packages, `${type}-console`, 'dist'))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const reason = `The ${type} console was not built: npm run build makes it`
    throw new HttpError(404, { error: reason })
  }
}

interface ConsoleDeps {
  readonly realms: Realms
  readonly urls: ServerUrls
  readonly themes: KnownThemes
}

/** Registers the consoles' files and texts, the way to them, and the account API with its console. */
export function composeConsoles(
  app: FastifyInstance,
  deps: AccountDeps & Omit<AccountConsoleDeps, 'assets' | 'themes'> & Pick<ConsoleDeps, 'themes'>,
): void {
  const { realms, urls, themes } = deps
  const texts = new ConsoleTexts(join(packages, 'translations', 'texts'), themes)
  const assets = consoleAssets()
  registerConsoleResources(app, { realms, texts, assets, themes })
  registerAdminEntrance(app, { urls })
  const page = new AccountConsolePage({
    ...deps,
    themes: themes.account,
    assets: () => assets('account'),
  })
  registerAccount(app, deps, async (request, reply) => await page.send(request, reply))
}

/** Registers the admin console's page. */
export function composeAdminConsole(app: FastifyInstance, deps: ConsoleDeps): void {
  const assets = consoleAssets()
  const { admin } = deps.themes
  registerAdminConsole(app, { ...deps, themes: admin, assets: () => assets('admin') })
}
