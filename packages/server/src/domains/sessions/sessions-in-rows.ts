import { LoginStore } from './login-store.ts'
import { SessionCountStore } from './session-count-store.ts'
import type { SessionKeeping } from './session-keeping.ts'
import { SessionListStore } from './session-list-store.ts'
import { SessionLookUpStore } from './session-look-up-store.ts'
import type { SessionPlaces } from './session-places.ts'
import { SessionStore } from './session-store.ts'
import { SessionTouchStore } from './session-touch-store.ts'

/** Every session is rows of the database. */
export function sessionsInRows(places: SessionPlaces): SessionKeeping {
  return {
    sessions: new SessionStore(places),
    logins: new LoginStore(places),
    lists: new SessionListStore(places),
    counts: new SessionCountStore(places),
    lookUps: new SessionLookUpStore(places),
    touches: new SessionTouchStore(places),
  }
}
