import type { Sessions } from '../domains/sessions/sessions.ts'
import type { User } from '../domains/users/user.ts'
import { type LoginVisit, placesOf } from './login-visit.ts'
import type { SessionLogout } from './session-logout.ts'

/** Signs a user out everywhere but in the browser that asks for it. */
export class OtherSessions {
  readonly #sessions: Pick<Sessions, 'list'>
  readonly #logout: Pick<SessionLogout, 'end'>

  constructor(deps: {
    readonly sessions: Pick<Sessions, 'list'>
    readonly logout: Pick<SessionLogout, 'end'>
  }) {
    this.#sessions = deps.sessions
    this.#logout = deps.logout
  }

  async end(visit: LoginVisit, user: Pick<User, 'id'>): Promise<void> {
    const { realm } = visit
    for (const { session } of await this.#sessions.list(realm, {
      userId: user.id,
      offline: false,
    })) {
      if (session.id === visit.signedIn?.session.id) continue
      await this.#logout.end(realm, placesOf(visit), session.id)
    }
  }
}
