import type { FastifyInstance } from 'fastify'
import type { Clients } from '../domains/clients/clients.ts'
import type { Realms } from '../domains/realms/realms.ts'
import type { FirstAdministrator } from '../domains/transfer/first-administrator.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import type { DevelopmentMailbox } from '../mail/development-mailbox.ts'
import { LoginResources } from '../pages/login-resources.ts'
import type { ThemeTexts } from '../pages/messages/theme-texts.ts'
import { Pages } from '../pages/pages.ts'
import { registerLoginResources } from '../pages/register-login-resources.ts'
import { registerMailbox } from '../protocols/welcome/register-mailbox.ts'
import { registerSampleApp } from '../protocols/welcome/register-sample-app.ts'
import { registerThemePreview } from '../protocols/welcome/register-theme-preview.ts'
import { registerWelcome } from '../protocols/welcome/register-welcome.ts'
import type { KnownThemes } from './compose-themes.ts'

export interface PagesSource {
  readonly urls: ServerUrls
  readonly realms: Realms
  readonly clients: Clients
  readonly firstAdministrator: FirstAdministrator
  readonly texts: ThemeTexts
  readonly themes: KnownThemes
  /** Of `start-dev` only. */
  readonly mailbox: DevelopmentMailbox | null
}

/** Builds the pages and registers what belongs to no realm: their static files and the page at `/`. */
export async function composePages(app: FastifyInstance, source: PagesSource): Promise<Pages> {
  const resources = await LoginResources.load()
  const { mailbox, urls, themes, texts, realms, clients } = source
  const pages = new Pages({ resources, texts, themes: themes.login })
  registerLoginResources(app, { resources, themes: themes.login })
  registerWelcome(app, { pages, ...source, isDevelopment: mailbox !== null })
  if (mailbox !== null) {
    registerMailbox(app, { pages, urls, mailbox })
    registerSampleApp(app, { pages, urls, realms, clients })
    registerThemePreview(app, { pages, urls, themes, texts })
  }
  return pages
}
