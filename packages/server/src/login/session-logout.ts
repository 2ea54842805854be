import type { Client } from '../domains/clients/client.ts'
import type { Clients } from '../domains/clients/clients.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { EndedSession, Sessions } from '../domains/sessions/sessions.ts'
import type { FrontchannelClient } from '../domains/tokens/client-logouts.ts'
import type { ServerPlaces } from '../domains/tokens/web-origins.ts'
import type { SessionId } from '../domains/typed-ids.ts'

/** A protocol's part of a logout: tells its clients that a session has ended. */
export interface LogoutProtocol {
  /**
   * Tells those that can be told from here.
   * @param clients of this protocol that took part in the session, all of them enabled
   * @returns those that want to be told through the browser
   */
  tellClients(
    realm: Realm,
    places: ServerPlaces,
    ended: EndedSession,
    clients: readonly Client[],
  ): Promise<readonly FrontchannelClient[]>
}

export interface SessionLogoutDeps {
  readonly clients: Pick<Clients, 'byId'>
  readonly sessions: Pick<Sessions, 'endNamed'>
  /** By the `protocol` of clients: `openid-connect`. */
  readonly protocols: ReadonlyMap<string, LogoutProtocol>
}

/** Protocol of clients that name none. */
const usualProtocol = 'openid-connect'

/** Ends sessions, and tells every client that took part, each by its own protocol. */
export class SessionLogout {
  readonly #deps: SessionLogoutDeps

  constructor(deps: SessionLogoutDeps) {
    this.#deps = deps
  }

  /**
   * Ends a session of a browser and tells its clients.
   * @returns what has ended; null when there was nothing to end
   */
  async end(
    realm: Realm,
    places: ServerPlaces,
    sessionId: SessionId,
  ): Promise<EndedSession | null> {
    const ended = await this.#deps.sessions.endNamed(realm, sessionId, false)
    if (ended) await this.tell(realm, places, ended)
    return ended
  }

  /**
   * Tells the clients of a session that has ended. A client of a protocol that this server does not have cannot be told.
   * @returns those that want to be told through the browser
   */
  async tell(
    realm: Realm,
    places: ServerPlaces,
    ended: EndedSession,
  ): Promise<FrontchannelClient[]> {
    const frontchannel: FrontchannelClient[] = []
    for (const [protocol, clients] of await this.#byProtocol(realm, ended)) {
      const told = await this.#deps.protocols
        .get(protocol)
        ?.tellClients(realm, places, ended, clients)
      frontchannel.push(...(told ?? []))
    }
    return frontchannel
  }

  async #byProtocol(realm: Realm, ended: EndedSession): Promise<Map<string, Client[]>> {
    const clients = new Map<string, Client[]>()
    for (const uuid of ended.clientUuids) {
      const client = await this.#deps.clients.byId(realm.id, uuid)
      if (!client?.enabled) continue
      const protocol = client.representation.protocol ?? usualProtocol
      clients.set(protocol, [...(clients.get(protocol) ?? []), client])
    }
    return clients
  }
}
