import type { FastifyInstance } from 'fastify'
import type { FirstAdministrator } from '../domains/transfer/first-administrator.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import { LoginResources } from '../pages/login-resources.ts'
import { Pages } from '../pages/pages.ts'
import { registerLoginResources } from '../pages/register-login-resources.ts'
import { registerWelcome } from '../protocols/welcome/register-welcome.ts'

export interface PagesSource {
  readonly urls: ServerUrls
  readonly firstAdministrator: FirstAdministrator
}

/** Builds the pages and registers what belongs to no realm: their static files and the page at `/`. */
export async function composePages(app: FastifyInstance, source: PagesSource): Promise<Pages> {
  const resources = await LoginResources.load()
  const pages = new Pages({ resources })
  registerLoginResources(app, { resources })
  registerWelcome(app, { pages, ...source })
  return pages
}
