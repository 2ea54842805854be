import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Realms } from '../../domains/realms/realms.ts'
import { HttpError } from '../../http/http-error.ts'
import { ownFrontendUrl, type ServerUrls } from '../../http/server-urls.ts'
import { html } from '../../pages/html.ts'

export interface HostnameDebugDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly urls: ServerUrls
  /** Values of the settings that decide, by name. */
  readonly settings: ReadonlyMap<string, string>
}

/** Headers by which a proxy may say where it was reached. */
const headers = [
  'host',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
]

/** `GET /realms/{realm}/hostname-debug`, where `hostname-debug` is on: which addresses follow from a request, and why. */
export function registerHostnameDebug(app: FastifyInstance, deps: HostnameDebugDeps): void {
  app.get('/realms/:realm/hostname-debug', async (request, reply) => {
    const { realm: name } = request.params as { realm: string }
    const realm = await deps.realms.byName(name)
    if (realm === null) throw new HttpError(404, { error: 'Realm does not exist' })
    reply.header('content-type', 'text/html; charset=utf-8')
    reply.header('cache-control', 'no-store')
    return page(deps, request, ownFrontendUrl(realm.settings.attributes['frontendUrl'])).toString()
  })
}

function page({ urls, settings }: HostnameDebugDeps, request: FastifyRequest, own?: string) {
  const rows = (pairs: readonly (readonly [string, string])[]) =>
    pairs.map(([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`)
  const given = headers.map((name) => [name, String(request.headers[name] ?? '')] as const)
  const resolved = [
    ['Frontend', own ?? urls.frontend(request)],
    ['Backend', urls.backend(request)],
    ['Admin', urls.admin(request)],
    ['Address of the client', urls.clientAddress(request)],
    ['Address of the connection', request.raw.socket.remoteAddress ?? ''],
  ] as const
  return html`<!DOCTYPE html>
<html lang="en"><head><title>Hostname debug</title></head><body>
<h1>Hostname debug</h1>
<h2>Addresses</h2><table>${rows(resolved)}</table>
<h2>Headers</h2><table>${rows(given)}</table>
<h2>Settings</h2><table>${rows([...settings])}</table>
</body></html>`
}
