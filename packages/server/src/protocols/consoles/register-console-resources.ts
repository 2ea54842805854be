import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Realms } from '../../domains/realms/realms.ts'
import type { ThemesOfKind } from '../../pages/themes/themes.ts'
import type { ConsoleAssets, ConsoleType } from './console-assets.ts'
import { consoleTheme, consoleVersion } from './console-look.ts'
import { type ConsoleTexts, type TextType, textTypes } from './console-texts.ts'

export interface ConsoleResourcesDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly texts: ConsoleTexts
  /** @returns the files of a console, read at the first request */
  readonly assets: (type: ConsoleType) => Promise<ConsoleAssets>
  readonly themes: Readonly<Record<ConsoleType, Pick<ThemesOfKind, 'byName'>>>
}

const cacheSeconds = 365 * 24 * 60 * 60
const textsCacheSeconds = 60

/**
 * `GET /resources/{version}/{admin|account}/{theme}/…`: files of the consoles; `GET /resources/{realm}/{type}/{locale}`:
 * their texts, and those of pages and mails, which the admin console shows.
 */
export function registerConsoleResources(app: FastifyInstance, deps: ConsoleResourcesDeps): void {
  for (const type of ['admin', 'account'] as const) {
    app.get(`/resources/:version/${type}/:theme/*`, (request, reply) =>
      sendFile(deps, type, request, reply),
    )
  }
  app.get('/resources/:realm/:type/:locale', (request, reply) => sendTexts(deps, request, reply))
  app.options('/resources/:realm/:type/:locale', (_request, reply) =>
    allowAnyOrigin(reply).header('access-control-allow-methods', 'GET, OPTIONS').send(),
  )
}

async function sendFile(
  deps: ConsoleResourcesDeps,
  type: ConsoleType,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { version, theme = '', '*': name = '' } = request.params as Record<string, string>
  const assets = await deps.assets(type)
  const accepted = String(request.headers['accept-encoding'] ?? '')
  const chosen = deps.themes[type].byName(theme)
  const isKnown = theme === consoleTheme || chosen !== undefined
  const own = chosen?.file(name)
  const file = isKnown && own === undefined ? assets.file(name, accepted) : undefined
  // While nodes of two versions run side by side, a page of one may ask the other: sent, but not to be kept.
  const isCurrent = version === consoleVersion(assets, chosen)
  if (own) {
    return reply
      .header('cache-control', isCurrent ? `max-age=${cacheSeconds}, immutable` : 'no-cache')
      .type(own.contentType)
      .send(own.content)
  }
  if (!file) return reply.code(404).send({ error: 'HTTP 404 Not Found' })
  if (file.contentEncoding) reply.header('content-encoding', file.contentEncoding)
  return reply
    .header('cache-control', isCurrent ? `max-age=${cacheSeconds}, immutable` : 'no-cache')
    .header('vary', 'accept-encoding')
    .type(file.contentType)
    .send(file.open())
}

async function sendTexts(
  deps: ConsoleResourcesDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { realm: name = '', type = '', locale = '' } = request.params as Record<string, string>
  const realm = await deps.realms.byName(name)
  if (!realm || !isTextType(type)) return reply.code(404).header('content-length', '0').send()
  const texts = await deps.texts.of(realm, type, locale)
  const withSource = (request.query as Record<string, unknown>)['source'] === 'true'
  const body = withSource ? texts : texts.map(({ key, value }) => ({ key, value }))
  allowAnyOrigin(reply)
    .header('cache-control', `max-age=${textsCacheSeconds}`)
    .header('vary', 'accept-encoding')
    .type('application/json;charset=UTF-8')
  const json = JSON.stringify(body)
  if (!String(request.headers['accept-encoding'] ?? '').includes('gzip')) return reply.send(json)
  // Half a megabyte becomes a fifth of it, in the thread pool.
  return reply.header('content-encoding', 'gzip').send(await compressed(json))
}

const compressed = promisify<string, Buffer>(gzip)

function isTextType(type: string): type is TextType {
  return textTypes.some((each) => each === type)
}

function allowAnyOrigin(reply: FastifyReply): FastifyReply {
  return reply.header('access-control-allow-origin', '*')
}
