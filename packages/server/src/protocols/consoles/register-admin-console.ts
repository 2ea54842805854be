import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Realms } from '../../domains/realms/realms.ts'
import { HttpError } from '../../http/http-error.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { ThemesOfKind } from '../../pages/themes/themes.ts'
import type { ConsoleAssets } from './console-assets.ts'
import { consoleLookOf } from './console-look.ts'
import { consolePage, consolePolicy } from './console-page.ts'

export interface AdminConsoleDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly urls: ServerUrls
  readonly assets: () => Promise<ConsoleAssets>
  /** Of admin consoles. */
  readonly themes: Pick<ThemesOfKind, 'of'>
}

const masterRealm = 'master'
const clientId = 'security-admin-console'

/** `GET /admin` leads to the console of master. */
export function registerAdminEntrance(
  app: FastifyInstance,
  deps: Pick<AdminConsoleDeps, 'urls'>,
): void {
  app.get('/admin', (request, reply) => reply.redirect(consoleUrl(deps, request, masterRealm)))
}

/** The admin console's page, `GET /admin/{realm}/console/`, and what leads there. */
export function registerAdminConsole(app: FastifyInstance, deps: AdminConsoleDeps): void {
  registerAdminEntrance(app, deps)
  const toConsole = (request: FastifyRequest, reply: FastifyReply) =>
    reply.header('cache-control', 'no-cache').redirect(consoleUrl(deps, request, realmIn(request)))
  app.get('/admin/:realm/console/index.html', toConsole)
  // The router does not tell a slash at the end, but the page's relative addresses do.
  app.get('/admin/:realm/console', (request, reply) => {
    const [path = ''] = request.url.split('?')
    return path.endsWith('/') ? sendPage(deps, request, reply) : toConsole(request, reply)
  })
}

function realmIn(request: FastifyRequest): string {
  return (request.params as { realm?: string }).realm ?? ''
}

function consoleUrl(
  { urls }: Pick<AdminConsoleDeps, 'urls'>,
  request: FastifyRequest,
  realm: string,
): string {
  return `${urls.admin(request)}/admin/${encodeURIComponent(realm)}/console/`
}

async function sendPage(
  deps: AdminConsoleDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const realm = await deps.realms.byName(realmIn(request))
  if (!realm) throw new HttpError(404, { error: 'Realm does not exist' })
  const assets = await deps.assets()
  const frontend = deps.urls.frontend(request)
  const admin = deps.urls.admin(request)
  const path = new URL(admin).pathname.replace(/\/+$/, '')
  const look = consoleLookOf(deps.themes.of(realm), 'admin', assets, path)
  const { resourceUrl, logo, logoUrl } = look
  const page = consolePage({
    title: 'Holdfast Administration Console',
    description: 'The administration console of Holdfast.',
    language: 'en',
    direction: 'ltr',
    look,
    entry: assets.entry,
    environment: {
      serverBaseUrl: frontend,
      adminBaseUrl: admin,
      authUrl: frontend,
      authServerUrl: frontend,
      realm: realm.name,
      clientId,
      resourceUrl,
      logo,
      logoUrl,
      darkMode: look.dark && realm.settings.attributes['darkMode'] !== 'false',
      consoleBaseUrl: `${path}/admin/${encodeURIComponent(realm.name)}/console/`,
      masterRealm,
      resourceVersion: assets.version,
    },
  })
  return reply
    .header('cache-control', 'no-cache')
    .header(
      'content-security-policy',
      consolePolicy([frontend, admin].map((url) => new URL(url).origin)),
    )
    .type('text/html;charset=utf-8')
    .send(page)
}
