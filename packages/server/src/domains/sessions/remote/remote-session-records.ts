import { changeEntry } from '../../../remote-stores/change-entry.ts'
import type { RemoteCache } from '../../../remote-stores/remote-cache.ts'
import type { RemoteEntry } from '../../../remote-stores/remote-connection.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Realm } from '../../realms/realm.ts'
import type { Realms } from '../../realms/realms.ts'
import type { ClientUuid, RealmId, SessionId } from '../../typed-ids.ts'
import type { ClientWrite } from '../login-store.ts'
import type { ClientSession, ListedSession, RefreshChain, UserSession } from '../session.ts'
import { sessionEndsAt, sessionIdleAt, sessionMaxAt } from '../session-lifetimes.ts'
import type { SessionAnswer } from '../session-look-up-store.ts'
import type { SessionWithClient } from '../session-verbs.ts'
import {
  clientSessionKey,
  goneText,
  type KeptClientSession,
  type KeptSession,
  keptClientSessionOf,
  keptSessionOf,
} from './kept-session.ts'
import type { SessionDirectory } from './session-directory.ts'

/** Entries stay this much longer than their sessions live: touches are batched. */
const marginMs = 120_000

export interface RemoteSessionCaches {
  readonly sessions: RemoteCache
  readonly clientSessions: RemoteCache
}

export interface RemoteSessionRecordsDeps {
  readonly caches: RemoteSessionCaches
  readonly directory: SessionDirectory
  readonly realms: Pick<Realms, 'byId'>
  readonly clock: Clock
}

/**
 * Online sessions in a remote store. A session is one entry, which names its clients; what a client has of it is another one, and
 * counts while the first names it: so one compare-and-set starts, changes or ends a session, and no node that dies leaves a
 * half. Every verb throws RemoteStoreUnavailable.
 */
export class RemoteSessionRecords {
  readonly #deps: RemoteSessionRecordsDeps

  constructor(deps: RemoteSessionRecordsDeps) {
    this.#deps = deps
  }

  /** @returns the entry and what it says, or null */
  async read(
    sessionId: SessionId,
  ): Promise<{ readonly entry: RemoteEntry; readonly kept: KeptSession } | null> {
    const entry = await this.#deps.caches.sessions.get(sessionId)
    const kept = entry && keptSessionOf(entry.value)
    return entry && kept && { entry, kept }
  }

  /** A session and what a client has of it, at the same time. */
  async look(
    sessionId: SessionId,
    clientUuid: ClientUuid | null,
  ): Promise<Omit<SessionAnswer, 'objectPresent'>> {
    const key = clientUuid === null ? null : clientSessionKey(sessionId, clientUuid)
    const [found, part] = await Promise.all([
      this.read(sessionId),
      key === null ? null : this.#deps.caches.clientSessions.get(key),
    ])
    if (found === null) return { session: null, clientSession: null }
    const { session, clients } = found.kept
    const named = clientUuid !== null && clients.includes(clientUuid)
    const kept = named && part !== null ? keptClientSessionOf(part.value) : null
    return { session, clientSession: kept?.clientSession ?? null }
  }

  /** Those that are there, with their clients, in the order of the ids. */
  async listed(sessionIds: readonly SessionId[]): Promise<ListedSession[]> {
    const found = await Promise.all(sessionIds.map((id) => this.read(id)))
    return found.flatMap((each) =>
      each === null ? [] : [{ session: each.kept.session, clientUuids: each.kept.clients }],
    )
  }

  /** Writes a new session. The names in lists come first, the session last: what fails before leaves none. */
  async start(session: UserSession, client: ClientWrite | null): Promise<void> {
    const { caches, directory, realms } = this.#deps
    const realm = await realms.byId(session.realmId)
    const endsAt = this.#endsAt(realm, session)
    const listedUntil = Math.max(endsAt, this.#maxAt(realm, session))
    await Promise.all([
      directory.add(session, endsAt, listedUntil),
      client && this.#put(realm, session, client, session.startedAt, false),
    ])
    const clients = client === null ? [] : [client.uuid]
    const value = JSON.stringify({ session, clients, listedUntil } satisfies KeptSession)
    await changeEntry(
      caches.sessions,
      session.id,
      () => ({ result: undefined, value, endsAt }),
      null,
    )
  }

  /** Changes a session, if it is there. @returns it as it is now @param edit null leaves it as it is */
  async change(
    sessionId: SessionId,
    edit: (kept: KeptSession) => KeptSession | null,
    known?: RemoteEntry,
  ): Promise<KeptSession | null> {
    const { caches, directory, realms } = this.#deps
    return await changeEntry(
      caches.sessions,
      sessionId,
      async (text) => {
        const before = keptSessionOf(text)
        const edited = before && edit(before)
        if (edited === null) return { result: before }
        const { session } = edited
        const realm = await realms.byId(session.realmId)
        const endsAt = this.#endsAt(realm, session)
        const listedUntil = Math.max(edited.listedUntil, endsAt)
        // A realm may let sessions live longer than when this one started.
        if (endsAt > edited.listedUntil) await directory.add(session, endsAt, listedUntil)
        const result = { ...edited, listedUntil }
        return { result, value: JSON.stringify(result), endsAt }
      },
      known,
    )
  }

  /** Puts a client under a session, or goes on with what it has there. @returns null when the session is gone */
  async attach(
    realmId: RealmId,
    sessionId: SessionId,
    client: ClientWrite,
    now: number,
  ): Promise<SessionWithClient | null> {
    const { caches, realms } = this.#deps
    const found = await this.read(sessionId)
    if (found === null || found.kept.session.realmId !== realmId) return null
    const realm = await realms.byId(realmId)
    const named = found.kept.clients.includes(client.uuid)
    const clientSession = await this.#put(realm, found.kept.session, client, now, named)
    const kept = named
      ? found.kept
      : await this.change(
          sessionId,
          (before) =>
            before.clients.includes(client.uuid)
              ? null
              : { ...before, clients: [...before.clients, client.uuid] },
          found.entry,
        )
    if (kept !== null) return { session: kept.session, clientSession }
    await caches.clientSessions.remove(clientSessionKey(sessionId, client.uuid))
    return null
  }

  /** Takes a client out of a session. @returns the session, null when the client was not in it */
  async detach(sessionId: SessionId, clientUuid: ClientUuid): Promise<UserSession | null> {
    let was = false
    const kept = await this.change(sessionId, (before) => {
      was = before.clients.includes(clientUuid)
      if (!was) return null
      return { ...before, clients: before.clients.filter((other) => other !== clientUuid) }
    })
    if (!was || kept === null) return null
    await this.#forget([clientSessionKey(sessionId, clientUuid)], null)
    return kept.session
  }

  /** @param realmId null = of any @returns what ended, null when there was none */
  async end(realmId: RealmId | null, sessionId: SessionId): Promise<ListedSession | null> {
    const found = await this.read(sessionId)
    if (found === null || (realmId !== null && found.kept.session.realmId !== realmId)) return null
    // Of many who end it one gets it.
    const kept = keptSessionOf(await this.#deps.caches.sessions.remove(sessionId))
    if (kept === null) return null
    const keys = kept.clients.map((uuid) => clientSessionKey(sessionId, uuid))
    await this.#forget(keys, kept.session)
    return { session: kept.session, clientUuids: kept.clients }
  }

  /** Ends a session that no client is in. @returns whether it was so */
  async endUnused(sessionId: SessionId): Promise<boolean> {
    const { sessions } = this.#deps.caches
    const ended = await changeEntry<UserSession | null>(sessions, sessionId, (text) => {
      const kept = keptSessionOf(text)
      if (kept === null || kept.clients.length > 0) return { result: null }
      return { result: kept.session, value: goneText, endsAt: 0 }
    })
    if (ended !== null) await this.#forget([], ended)
    return ended !== null
  }

  /** Compare-and-set of the refresh chains. @returns false when somebody else was faster, or it is gone */
  async setRefreshChains(
    { sessionId, clientUuid, ver }: ClientSession,
    chains: Readonly<Record<string, RefreshChain>>,
  ): Promise<boolean> {
    const key = clientSessionKey(sessionId, clientUuid)
    return await this.#changePart(key, (before) =>
      before.ver === ver ? { ...before, refreshChains: chains, ver: ver + 1 } : null,
    )
  }

  /** Remembers when a session, or a client's part of it, was used last. */
  async touch(sessionId: SessionId, clientUuid: ClientUuid | null, at: number): Promise<void> {
    if (clientUuid === null) {
      await this.change(sessionId, (kept) => {
        if (kept.session.lastAccess >= at) return null
        return { ...kept, session: { ...kept.session, lastAccess: at } }
      })
      return
    }
    await this.#changePart(clientSessionKey(sessionId, clientUuid), (before) =>
      before.lastAccess < at ? { ...before, lastAccess: at } : null,
    )
  }

  async #changePart(
    key: string,
    edit: (before: ClientSession) => ClientSession | null,
  ): Promise<boolean> {
    return await changeEntry(this.#deps.caches.clientSessions, key, (text) => {
      const before = keptClientSessionOf(text)
      const clientSession = before && edit(before.clientSession)
      if (before === null || clientSession === null) return { result: false }
      const { value, endsAt } = written({ ...before, clientSession })
      return { result: true, value, endsAt }
    })
  }

  /** @param named false starts anew, whatever an end that was cut short has left */
  async #put(
    realm: Realm | null,
    session: UserSession,
    client: ClientWrite,
    now: number,
    named: boolean,
  ): Promise<ClientSession> {
    const idleMs = Math.max(
      now - client.restart.usedBefore,
      realm === null ? 0 : sessionIdleAt(realm, session) - session.lastAccess,
    )
    const maxAt = this.#maxAt(realm, session)
    const key = clientSessionKey(session.id, client.uuid)
    return await changeEntry(this.#deps.caches.clientSessions, key, (text) => {
      const found = keptClientSessionOf(text)?.clientSession ?? null
      const before = named ? found : null
      const { startedBefore, usedBefore } = client.restart
      const stale =
        before === null || before.startedAt < startedBefore || before.lastAccess < usedBefore
      const clientSession: ClientSession = {
        sessionId: session.id,
        offline: false,
        clientUuid: client.uuid,
        startedAt: stale ? now : before.startedAt,
        lastAccess: Math.max(now, before?.lastAccess ?? 0),
        notes: client.notes,
        refreshChains: before?.refreshChains ?? {},
        ver: (found?.ver ?? 0) + 1,
      }
      const { value, endsAt } = written({ clientSession, idleMs, maxAt })
      return { result: clientSession, value, endsAt }
    })
  }

  /** What an ended session has left ends by itself, too. */
  async #forget(clientSessionKeys: readonly string[], session: UserSession | null): Promise<void> {
    const { caches, directory } = this.#deps
    await Promise.allSettled([
      ...clientSessionKeys.map((key) => caches.clientSessions.remove(key)),
      session && directory.remove(session),
    ])
  }

  #endsAt(realm: Realm | null, session: UserSession): number {
    return (realm === null ? this.#deps.clock.now() : sessionEndsAt(realm, session)) + marginMs
  }

  #maxAt(realm: Realm | null, session: UserSession): number {
    return (realm === null ? this.#deps.clock.now() : sessionMaxAt(realm, session)) + marginMs
  }
}

function written(kept: KeptClientSession): { readonly value: string; readonly endsAt: number } {
  const { clientSession, idleMs, maxAt } = kept
  const endsAt = Math.min(maxAt, clientSession.lastAccess + idleMs + marginMs)
  return { value: JSON.stringify(kept), endsAt }
}
