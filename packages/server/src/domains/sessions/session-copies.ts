import type { Fill, OwnedRecords, ReadSource, StoredRecord } from '@holdfast/cluster'
import type { Queryable } from '../../database/database.ts'
import { clientTag } from '../clients/client-events.ts'
import { realmTag } from '../realms/realm-events.ts'
import type { ClientUuid, SessionId } from '../typed-ids.ts'
import { userTag } from '../users/user-events.ts'
import type { ClientSession, UserSession } from './session.ts'
import { sessionsTag, sessionTag, tokenTag } from './session-events.ts'
import type { SessionKeeping } from './session-keeping.ts'
import type { SessionAnswer, SessionQuestion } from './session-look-up-store.ts'
import { SessionLookUps } from './session-look-ups.ts'

/** Distributed caches by name, and what their records are read through. */
export interface SessionOwners {
  readonly read: ReadSource<Queryable>
  of<V>(name: string, records: OwnedRecords<V>): { read(key: string, anew: boolean): Promise<V> }
}

interface IdentifiedAnswer extends SessionAnswer {
  readonly identity: string
}

interface Copies {
  read(key: string, anew: boolean): Promise<UserSession | null>
}

interface ClientCopies {
  read(key: string, anew: boolean): Promise<ClientSession | null>
}

/**
 * Sessions as their owners remember them (cluster.md §7). A copy may lack touches, so it can only say yes: whoever gets a
 * no asks again. It serves userinfo and introspection; whatever issues or extends tokens reads SQL (R1).
 */
export class SessionCopies {
  readonly #lookUps: SessionLookUps<IdentifiedAnswer>
  readonly #sessions: readonly [online: Copies, offline: Copies]
  readonly #clientSessions: readonly [online: ClientCopies, offline: ClientCopies]

  constructor(owners: SessionOwners, store: SessionKeeping['lookUps']) {
    this.#lookUps = new SessionLookUps(async (questions) => {
      const { value, identity } = await owners.read((read) => store.answer(read, questions))
      return value.map((answer) => ({ ...answer, identity }))
    })
    this.#sessions = [
      owners.of('sessions', this.#sessionRecords(false)),
      owners.of('offlineSessions', this.#sessionRecords(true)),
    ]
    this.#clientSessions = [
      owners.of('clientSessions', this.#clientSessionRecords(false)),
      owners.of('offlineClientSessions', this.#clientSessionRecords(true)),
    ]
  }

  /**
   * @param anew the owner reads SQL again
   * @returns null when a copy cannot answer: no session, no client session, a revoked token, or a question without them
   */
  async ask(question: SessionQuestion, anew: boolean): Promise<SessionAnswer | null> {
    const { sessionId, clientUuid, objectId, offline } = question
    if (sessionId === null || clientUuid === null || objectId === null) return null
    const which = offline ? 1 : 0
    const [session, clientSession] = await Promise.all([
      this.#sessions[which].read(sessionId, anew),
      this.#clientSessions[which].read(clientKey(sessionId, clientUuid, objectId), anew),
    ])
    if (session === null || clientSession === null) return null
    return { session, clientSession, objectPresent: false }
  }

  #sessionRecords(offline: boolean): OwnedRecords<UserSession | null> {
    return {
      shardKeyOf: (key) => key,
      read: async (sessionId) => {
        const question = { sessionId, offline, clientUuid: null, objectId: null }
        const { session, identity } = await this.#lookUps.ask(question)
        return stored(identity, sessionId, session, session, [])
      },
    }
  }

  /** A client's part of a session as one token sees it: gone when the token was revoked. */
  #clientSessionRecords(offline: boolean): OwnedRecords<ClientSession | null> {
    return {
      shardKeyOf: sessionIdOf,
      read: async (key) => {
        const sessionId = sessionIdOf(key)
        const [clientUuid, objectId] = restOf(key)
        const question = { sessionId, offline, clientUuid, objectId }
        const { session, clientSession, objectPresent, identity } =
          await this.#lookUps.ask(question)
        // Refresh chains belong to grants, which read SQL.
        const seen =
          clientSession === null || objectPresent ? null : { ...clientSession, refreshChains: {} }
        const tags = [clientTag(clientUuid), tokenTag(objectId)]
        return stored(identity, sessionId, session, seen, tags)
      },
    }
  }
}

function clientKey(sessionId: SessionId, clientUuid: ClientUuid, objectId: string): string {
  return `${sessionId} ${JSON.stringify([clientUuid, objectId])}`
}

function sessionIdOf(key: string): string {
  return key.slice(0, key.indexOf(' '))
}

function restOf(key: string): [clientUuid: ClientUuid, objectId: string] {
  const [clientUuid, objectId] = JSON.parse(key.slice(key.indexOf(' ') + 1)) as unknown[]
  return [String(clientUuid), String(objectId)]
}

/** A copy dies with its session, and whenever user, client or realm change: their removal takes sessions along. */
function stored<V extends { readonly ver: number }>(
  identity: string,
  sessionId: SessionId,
  session: UserSession | null,
  value: V | null,
  tags: readonly string[],
): StoredRecord<V | null> {
  const above =
    session === null
      ? []
      : [sessionsTag(session.realmId), realmTag(session.realmId), userTag(session.userId)]
  const fill: Fill<V | null> = {
    value,
    ver: value?.ver ?? 0,
    idTag: sessionTag(sessionId),
    tags: [...tags, ...above],
  }
  return { fill, identity }
}
