import type { Realm } from '../../../domains/realms/realm.ts'
import type { ListedSession } from '../../../domains/sessions/session.ts'
import type { EndedSession } from '../../../domains/sessions/session-verbs.ts'
import type { User } from '../../../domains/users/user.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { sessionAnswer } from '../representations/session.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<AdminDeps, 'clientLogouts' | 'clients' | 'sessions' | 'urls' | 'users'>

const view = ['view-users', 'manage-users'] as const

/** Sessions and log-out of a user, and of a session by its id. */
export function registerUserSessions(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/users/:userId/sessions',
    may: anyOf(view),
    answer: listOf(sessionAnswer),
    handle: async (call) => {
      const user = await requireUser(call)
      const listed = await deps.sessions.list(call.realm, { offline: false, userId: user.id })
      return await sessionRepresentations(deps, call.realm, listed, user)
    },
  })
  routes.add({
    method: 'GET',
    path: '/users/:userId/offline-sessions/:clientUuid',
    may: anyOf(view),
    answer: listOf(sessionAnswer),
    handle: async (call) => {
      const user = await requireUser(call)
      const client = await deps.clients.byId(call.realm.id, call.params['clientUuid'] ?? '')
      if (!client) throw notFound('Client not found')
      const listing = { offline: true, userId: user.id, clientUuid: client.id }
      const listed = await deps.sessions.list(call.realm, listing)
      return await sessionRepresentations(deps, call.realm, listed, user)
    },
  })
  routes.add({
    method: 'POST',
    path: '/users/:userId/logout',
    may: anyOf(['manage-users']),
    handle: async (call) => {
      const user = await requireUser(call)
      const trace = await call.trace('ACTION', 'USER', `users/${user.id}/logout`)
      await tellClients(call, await deps.sessions.endAllNamed(call.realm, user.id, trace))
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/sessions/:sessionId',
    may: anyOf(['manage-users']),
    query: { isOffline: 'flag' },
    handle: async (call) => {
      const id = call.params['sessionId'] ?? ''
      const offline = call.query.flag('isOffline') ?? false
      const trace = await call.trace('DELETE', 'USER_SESSION', `sessions/${id}`)
      const ended = await deps.sessions.endNamed(call.realm, id, offline, trace)
      // Spelled as Keycloak spells it.
      if (!ended) throw notFound('Sesssion not found')
      await tellClients(call, [ended])
    },
  })
}

/** Tells the back channels of clients that their users were logged out; nobody's browser is here to tell the others. */
export async function tellClients(
  { deps, request, realm }: AdminCall<unknown, Deps>,
  ended: readonly EndedSession[],
): Promise<void> {
  const places = placesOf(deps, request, realm)
  const online = ended.filter(({ session }) => !session.offline)
  await Promise.all(online.map((one) => deps.clientLogouts.tell(realm, places, one)))
}

/** @param user of all sessions; absent where each may be of another */
export async function sessionRepresentations(
  deps: Deps,
  realm: Realm,
  listed: readonly ListedSession[],
  user?: User,
) {
  const uuids = [...new Set(listed.flatMap(({ clientUuids }) => clientUuids))]
  const clients = await deps.clients.byIds(realm.id, uuids)
  const clientIds = new Map(clients.map(({ id, clientId }) => [id, clientId]))
  const userIds = [...new Set(listed.map(({ session }) => session.userId))]
  const users = user
    ? [user]
    : await deps.users.find({ realmId: realm.id, ids: userIds, serviceAccounts: true })
  const names = new Map(users.map(({ id, username }) => [id, username]))
  return listed.map(({ session, clientUuids }) => ({
    id: session.id,
    username: names.get(session.userId),
    userId: session.userId,
    ipAddress: session.ipAddress,
    start: session.startedAt,
    lastAccess: session.lastAccess,
    rememberMe: session.rememberMe,
    clients: Object.fromEntries(clientUuids.map((uuid) => [uuid, clientIds.get(uuid) ?? uuid])),
    transientUser: false,
  }))
}
