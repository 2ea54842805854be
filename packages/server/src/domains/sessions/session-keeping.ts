import type { LoginStore } from './login-store.ts'
import type { SessionCountStore } from './session-count-store.ts'
import type { SessionListStore } from './session-list-store.ts'
import type { SessionLookUpStore } from './session-look-up-store.ts'
import type { SessionStore } from './session-store.ts'
import type { SessionTouchStore } from './session-touch-store.ts'

type Verbs<T> = Pick<T, keyof T>

/**
 * What keeps sessions: the database alone, or the database for offline sessions and a remote store for the online ones. Whoever
 * calls gives the transaction for what is in the database; what is elsewhere is done when the call returns.
 */
export interface SessionKeeping {
  readonly sessions: Verbs<SessionStore>
  readonly logins: Verbs<LoginStore>
  readonly lists: Verbs<SessionListStore>
  readonly counts: Verbs<SessionCountStore>
  readonly lookUps: Verbs<SessionLookUpStore>
  readonly touches: Verbs<SessionTouchStore>
}
