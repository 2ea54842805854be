import type { ClientUuid, RealmId } from '../../../domains/typed-ids.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf, viewsRealm } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { sessionAnswer } from '../representations/session.ts'
import { sessionRepresentations } from '../users/user-sessions.ts'

type Deps = Pick<AdminDeps, 'clientLogouts' | 'clients' | 'sessions' | 'urls' | 'users'>

const sessionsPerPage = 10
/** Users whose sessions a search may find; who searches for more has to say more. */
const searchedUsersMax = 1_000
const kinds: Readonly<Record<string, boolean | undefined>> = {
  ALL: undefined,
  REGULAR: false,
  OFFLINE: true,
}

/** Sessions as the admin console lists them: of the realm or of a client, online and offline ones. */
export function registerConsoleSessions(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/ui-ext/sessions',
    may: viewsRealm,
    query: { ...paged, type: 'text', search: 'text' },
    answer: listOf(sessionAnswer),
    handle: async (call) => await listed(deps, call, undefined),
  })
  routes.add({
    method: 'GET',
    path: '/ui-ext/sessions/client',
    may: anyOf(['view-clients', 'manage-clients']),
    query: { ...paged, clientId: 'text', type: 'text', search: 'text' },
    answer: listOf(sessionAnswer),
    handle: async (call) => {
      const client = await deps.clients.byId(call.realm.id, call.query.text('clientId') ?? '')
      if (!client) throw notFound('Client not found')
      return await listed(deps, call, client.id)
    },
  })
}

async function listed(
  deps: Deps,
  { realm, query }: AdminCall<unknown, Deps>,
  clientUuid?: ClientUuid,
) {
  const type = query.text('type') ?? 'ALL'
  // Keycloak's router takes what is no kind as another path.
  if (!Object.hasOwn(kinds, type)) throw notFound()
  const offline = kinds[type]
  const text = query.text('search')?.trim()
  const found = await deps.sessions.list(realm, {
    ...(offline === undefined ? {} : { offline }),
    ...(clientUuid === undefined ? {} : { clientUuid }),
    ...(text ? { search: await searchOf(deps, realm.id, text) } : {}),
    first: query.first,
    max: query.max(sessionsPerPage) ?? -1,
  })
  const shown = await sessionRepresentations(deps, realm, found)
  return shown.map(({ rememberMe: _, clients, ...session }, index) => ({
    ...session,
    type: found[index]?.session.offline ? 'OFFLINE' : 'REGULAR',
    clients,
  }))
}

/** A part of a user name, a user's id, or the beginning of an address. */
async function searchOf(deps: Deps, realmId: RealmId, text: string) {
  const max = searchedUsersMax
  const named = { realmId, username: text, serviceAccounts: true, first: 0, max }
  const users = await deps.users.find(named)
  return {
    userIds: [text, ...users.map(({ id }) => id)],
    ipPrefix: /^[\da-f]*[.:][\da-f.:]*$/i.test(text) ? text : null,
  }
}
