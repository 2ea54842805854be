import { z } from 'zod'
import type { UserSession } from '../../../domains/sessions/session.ts'
import type { User } from '../../../domains/users/user.ts'
import { browserRequestOf } from '../../../http/browser-request.ts'
import { cookieNames, LoginCookies } from '../../../login/login-cookies.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { boolean, string } from '../representations/answer.ts'
import { requireUser } from './require-user.ts'
import { tellClients } from './user-sessions.ts'

type Deps = Pick<
  AdminDeps,
  | 'clientLogouts'
  | 'clients'
  | 'clock'
  | 'events'
  | 'identityTokens'
  | 'sessions'
  | 'urls'
  | 'users'
>

/**
 * Signs the administrator's browser in as a user. The session says who acts (notes IMPERSONATOR_ID and
 * IMPERSONATOR_USERNAME, which mappers may put into tokens), and ends like any other of the user. In the administrator's
 * own realm it takes the place of the administrator's own, which ends.
 */
export function registerImpersonation(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'POST',
    path: '/users/:userId/impersonation',
    may: anyOf(['impersonation']),
    answer: z.strictObject({ sameRealm: boolean, redirect: string }),
    handle: async (call) => {
      const user = await requireUser(call)
      if (!user.enabled) throw refused(400, 'User is disabled')
      if (user.serviceAccountClientUuid !== null) {
        throw refused(400, 'Service accounts cannot be impersonated')
      }
      const { administrator, realm } = call
      const sameRealm = administrator.realm.id === realm.id
      const session = await deps.sessions.startAlone({
        realm,
        userId: user.id,
        ipAddress: deps.urls.clientAddress(call.request),
        notes: {
          IMPERSONATOR_ID: administrator.user.id,
          IMPERSONATOR_USERNAME: administrator.user.username,
        },
      })
      if (session === null) throw refused(400, 'User is disabled')
      if (sameRealm) await endOwn(deps, call)
      const redirect = await signIn(deps, call, session, sameRealm)
      record(deps, call, user, session)
      return { sameRealm, redirect }
    },
  })
}

/** Cookies of an administrator that say nothing of the user. */
const ownCookies = [cookieNames.rememberMe, cookieNames.authSessionId]

/** @returns where the browser goes: the user's account */
async function signIn(
  deps: Deps,
  call: AdminCall<unknown, Deps>,
  session: UserSession,
  sameRealm: boolean,
): Promise<string> {
  const { realm, request, reply } = call
  const browser = browserRequestOf(request, deps.urls, realm.settings.attributes['frontendUrl'])
  const issuer = `${browser.frontendUrl}/realms/${encodeURIComponent(realm.name)}`
  const now = epochSeconds(deps.clock)
  const identity = await deps.identityTokens.issue(realm, session, issuer, now)
  const cookies = new LoginCookies(realm, browser)
  // What the browser remembers is the administrator's.
  for (const name of sameRealm ? ownCookies : []) {
    if (browser.cookies.has(name)) cookies.expire(name)
  }
  cookies.signedIn(realm, session, identity)
  reply.header('set-cookie', cookies.values)
  return `${issuer}/account`
}

async function endOwn(deps: Deps, call: AdminCall<unknown, Deps>): Promise<void> {
  const { sessionId } = call.administrator
  if (sessionId === null) return
  const ended = await deps.sessions.endNamed(call.realm, sessionId, false)
  if (ended) await tellClients(call, [ended])
}

function record(
  deps: Deps,
  call: AdminCall<unknown, Deps>,
  user: User,
  session: UserSession,
): void {
  const { administrator, realm } = call
  deps.events.record({
    type: 'IMPERSONATE',
    realmId: realm.id,
    realmName: realm.name,
    userId: user.id,
    sessionId: session.id,
    ipAddress: session.ipAddress,
    details: {
      impersonator_realm: administrator.realm.name,
      impersonator: administrator.user.username,
    },
  })
}
