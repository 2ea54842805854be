import type { FastifyInstance } from 'fastify'
import { HttpError } from '../../http/http-error.ts'
import type { AdminDeps } from './admin-deps.ts'
import { forbidden, notFound } from './admin-error.ts'
import { sendResult } from './admin-route.ts'
import type { Administrator } from './administrator.ts'
import { authenticate } from './authenticate.ts'
import { QueryParameters } from './query-parameters.ts'

const consoleClientId = 'security-admin-console'

/** `GET /admin/{realm}/console/whoami`: what the console shows of and to its administrator. */
export function registerWhoAmI(app: FastifyInstance, deps: AdminDeps): void {
  app.get('/admin/:realm/console/whoami', async (request, reply) => {
    const { realm: name = '' } = request.params as Record<string, string>
    if (!(await deps.realms.byName(name))) throw notFound('Realm not found.')
    const administrator = await authenticate(deps, request, reply)
    if (administrator.realm.name !== name) throw forbidden()
    if (administrator.client.clientId !== consoleClientId) {
      const { clientId } = administrator.client
      const error = `Token issued for an application that is not the admin console: ${clientId}`
      throw new HttpError(403, { error })
    }
    const current = new QueryParameters(request).text('currentRealm') ?? name
    return sendResult(reply, await whoAmI(deps, administrator, current))
  })
}

async function whoAmI(deps: AdminDeps, administrator: Administrator, currentRealm: string) {
  const { user, realm } = administrator
  const name = [user.firstName, user.lastName].filter(Boolean).join(' ')
  const names = administrator.ofMaster ? new Set([realm.name, currentRealm]) : new Set([realm.name])
  const access: Record<string, string[]> = {}
  for (const each of names) {
    const target = await deps.realms.byName(each)
    const held = target ? await administrator.rolesFor(target) : new Set<string>()
    if (held.size > 0) access[each] = [...held]
  }
  if (administrator.ofMaster && (await administrator.holdsRealmRole('admin'))) {
    for (const each of names) access[each] = [...(access[each] ?? []), 'admin']
  }
  return {
    userId: user.id,
    realm: realm.name,
    displayName: name || user.username,
    locale: user.attributes['locale']?.[0] ?? realm.settings.defaultLocale ?? 'en',
    createRealm: administrator.ofMaster && (await administrator.holdsRealmRole('create-realm')),
    realm_access: access,
    temporary: user.attributes['is_temporary_admin']?.[0] === 'true',
  }
}
