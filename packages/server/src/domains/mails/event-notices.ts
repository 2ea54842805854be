import type { Database } from '../../database/database.ts'
import type { LoginEvent } from '../events/login-event.ts'
import type { Realms } from '../realms/realms.ts'
import type { Users } from '../users/users.ts'
import type { Mails } from './mails.ts'

/** Events that users are told of: Keycloak's list. */
export const noticedEvents: ReadonlySet<string> = new Set([
  'LOGIN_ERROR',
  'UPDATE_PASSWORD',
  'UPDATE_TOTP',
  'REMOVE_TOTP',
  'UPDATE_CREDENTIAL',
  'REMOVE_CREDENTIAL',
  'USER_DISABLED_BY_PERMANENT_LOCKOUT',
  'USER_DISABLED_BY_TEMPORARY_LOCKOUT',
])

/** Longest address and type, in characters, that a mail repeats. */
const detailCharactersMax = 100

export interface EventNoticesDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'byId'>
  readonly users: Pick<Users, 'byId'>
  readonly mails: Pick<Mails, 'askForStranger' | 'canSend'>
}

/** The event listener `email`: tells users by mail what has happened to their account. */
export class EventNotices {
  readonly #deps: EventNoticesDeps

  constructor(deps: EventNoticesDeps) {
    this.#deps = deps
  }

  /** @param time milliseconds since the epoch */
  async tell(event: LoginEvent, time: number): Promise<void> {
    if (!noticedEvents.has(event.type) || event.userId === undefined) return
    const { realms, users, mails, database } = this.#deps
    const realm = await realms.byId(event.realmId)
    if (realm === null || !mails.canSend(realm)) return
    const user = await users.byId(realm.id, event.userId)
    // To an address that nobody has confirmed nothing is told.
    if (user === null || user.email === null || !user.emailVerified) return
    const content = {
      kind: 'event',
      userId: user.id,
      email: user.email,
      event: event.type,
      time,
      ipAddress: (event.ipAddress ?? '').slice(0, detailCharactersMax),
      credentialType: event.details?.['credential_type']?.slice(0, detailCharactersMax),
    } as const
    // Strangers cause most of these: guesses must not fill somebody's mailbox.
    const recipient = { userId: `notices ${user.id}`, address: `notices ${user.email}` }
    await database.transaction(async (tx) => {
      await mails.askForStranger(tx, realm, content, recipient)
    })
  }
}
