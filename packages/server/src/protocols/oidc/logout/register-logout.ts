import type { FastifyInstance } from 'fastify'
import { queryOf } from '../../../http/query.ts'
import { registerPreflight } from '../cross-origin.ts'
import { OAuthError } from '../oauth-error.ts'
import { formOf, realmOf, requireUsableRealm } from '../realm-request.ts'
import { type LogoutDeps, LogoutEndpoint } from './logout-endpoint.ts'

const path = '/realms/:realm/protocol/openid-connect/logout'

/** `…/logout` and what belongs to it (OpenID Connect RP-Initiated Logout 1.0). */
export function registerLogout(app: FastifyInstance, deps: LogoutDeps): void {
  const endpoint = new LogoutEndpoint(deps)
  app.get(path, async (request, reply) => await endpoint.start(request, reply, queryOf(request)))
  app.post(path, async (request, reply) => {
    const form = formOf(request)
    if (form.has('refresh_token')) return await endpoint.byRefreshToken(request, reply)
    const parameters = new URLSearchParams([...queryOf(request), ...form])
    return await endpoint.start(request, reply, parameters)
  })
  app.post(`${path}/logout-confirm`, async (request, reply) => {
    return await endpoint.confirm(request, reply)
  })
  app.get(`${path}/logout-confirm`, async (request, reply) => {
    // The address in the browser after a language was chosen, or a reload: ask again.
    return await endpoint.start(request, reply, new URLSearchParams())
  })
  // Identity providers send their logout tokens here; none that this realm trusts can have signed one yet.
  app.post(`${path}/backchannel-logout`, async (request) => {
    requireUsableRealm(deps, request, await realmOf(deps, request))
    const missing = !formOf(request).get('logout_token')
    const description = missing ? 'No logout token' : 'The decode of the logoutToken failed'
    throw new OAuthError(400, 'invalid_request', description)
  })
  registerPreflight(app, path, 'POST, OPTIONS')
}
