import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import { epochSeconds } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { Client } from '../clients/client.ts'
import type { Clients } from '../clients/clients.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { EndedSession } from '../sessions/sessions.ts'
import type { ClientId, ClientUuid } from '../typed-ids.ts'
import type { LogoutNotice } from './logout-notice.ts'
import type { LogoutNotices } from './logout-notices.ts'
import { subjectFor } from './mappers/pairwise-sub-mapper.ts'
import type { Claims } from './token-context.ts'
import { issuerOf, type Tokens } from './tokens.ts'
import { resolvedRootUrl, type ServerPlaces } from './web-origins.ts'

/** How long the user who logs out waits for the clients; those that are slower are told all the same. */
const patienceMs = 500
/** Logouts whose clients are still being told; more than these are waited for. */
const underWayMax = 500
/** Requests under way at once for one logout. */
const concurrentMax = 10
const logoutTokenSeconds = 120
/** Pauses before a client that could not take its logout token is told again; after the last one it is given up. */
const retryPausesMs = [1_000, 5_000, 15_000, 60_000, 300_000]
const backchannelEvent = 'http://schemas.openid.net/event/backchannel-logout'
const revokeOfflineEvent = 'revoke_offline_access'

/** A client that wants to be told through the browser (OpenID Connect Front-Channel Logout 1.0). */
export interface FrontchannelClient {
  readonly name: string
  readonly logoutUrl: string
}

export interface ClientLogoutsDeps {
  readonly tokens: Tokens
  readonly clock: Clock
  /** Posts a form within a deadline. @returns the status of the answer */
  readonly post: (url: string, form: URLSearchParams) => Promise<number>
  /** What is to be told outlives this process. */
  readonly notices: Pick<LogoutNotices, 'write' | 'settle' | 'putOff'>
  readonly realms: Pick<Realms, 'byId'>
  readonly clients: Pick<Clients, 'byId'>
  /** Told which client did not take its logout token, and why. */
  readonly onFailure: (client: ClientId | ClientUuid, reason: string) => void
  /** In the place of the usual pauses before the second, third, … attempt. */
  readonly retryPausesMs?: readonly number[]
}

/** What became of an attempt: a client with trouble of its own is told again. */
type Answer = { readonly problem: string | null; readonly isTheirs: boolean }

/**
 * OpenID Connect's part of a logout: tells clients that a session has ended, each until it has taken its logout token or a bound
 * is reached, by whichever node gets to it. Disposing of it waits for the attempts that have begun.
 */
export class ClientLogouts implements AsyncDisposable {
  readonly #deps: ClientLogoutsDeps
  readonly #underWay = new Set<Promise<void>>()
  #isStopping = false

  constructor(deps: ClientLogoutsDeps) {
    this.#deps = deps
  }

  /**
   * Sends logout tokens to the clients that have a back-channel URL (OpenID Connect Back-Channel Logout 1.0 §2.5). Waits a
   * moment for their answers; a client that is slow or cannot be reached neither stops nor delays the logout.
   * @returns those that want to be told through the browser
   */
  async tellClients(
    realm: Realm,
    places: ServerPlaces,
    ended: EndedSession,
    clients: readonly Client[],
  ): Promise<FrontchannelClient[]> {
    const frontchannel: FrontchannelClient[] = []
    const backchannel: Client[] = []
    for (const client of clients) {
      if (client.representation.attributes?.['backchannel.logout.url']) backchannel.push(client)
      else {
        const logoutUrl = frontchannelUrl(realm, places, ended, client)
        if (logoutUrl) {
          frontchannel.push({ name: client.representation.name || client.clientId, logoutUrl })
        }
      }
    }
    if (backchannel.length > 0) await this.#sendAll(realm, places, ended, backchannel)
    return frontchannel
  }

  /** Sends what waits in the outbox once more; nobody is told of a client or realm that is gone. Does not reject. */
  async sendAgain(notice: LogoutNotice): Promise<void> {
    const { realms, clients, notices } = this.#deps
    try {
      const realm = await realms.byId(notice.realmId)
      const client = realm && (await clients.byId(realm.id, notice.clientUuid))
      if (realm?.enabled && client?.enabled) await this.#send(realm, client, notice)
      else await notices.settle(notice)
    } catch (error) {
      // It comes back when its lease is over.
      this.#deps.onFailure(notice.clientUuid, textOf(error))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isStopping = true
    await Promise.all(this.#underWay)
  }

  async #sendAll(
    realm: Realm,
    places: ServerPlaces,
    { session }: EndedSession,
    clients: readonly Client[],
  ): Promise<void> {
    const told = clients.map((client) => {
      const notice: LogoutNotice = {
        ...{ id: newUuid(), realmId: realm.id, clientUuid: client.id, sessionId: session.id },
        ...{ userId: session.userId, places, attempts: 1 },
      }
      return { client, notice }
    })
    await this.#write(told.map(({ notice }) => notice))
    const sendBatches = async () => {
      // What has not begun when this process stops is another one's.
      for (let start = 0; start < told.length && !this.#isStopping; start += concurrentMax) {
        const batch = told.slice(start, start + concurrentMax)
        await Promise.all(batch.map(({ client, notice }) => this.#send(realm, client, notice)))
      }
    }
    const sent = sendBatches().finally(() => this.#underWay.delete(sent))
    this.#underWay.add(sent)
    if (this.#underWay.size > underWayMax) return await sent
    await Promise.race([sent, delay(patienceMs, undefined, { ref: false })])
  }

  /** The session has ended: where its clients cannot be written down, they are told all the same, once. */
  async #write(notices: readonly LogoutNotice[]): Promise<void> {
    try {
      await this.#deps.notices.write(notices)
    } catch (error) {
      for (const { clientUuid } of notices) this.#deps.onFailure(clientUuid, textOf(error))
    }
  }

  /** Tells one client. One that refuses has been told; one that has trouble is told again later. Does not reject. */
  async #send(realm: Realm, client: Client, notice: LogoutNotice): Promise<void> {
    const { notices, onFailure } = this.#deps
    try {
      const { problem, isTheirs } = await this.#attempt(realm, client, notice)
      const pauseMs = (this.#deps.retryPausesMs ?? retryPausesMs)[notice.attempts - 1]
      if (isTheirs && pauseMs !== undefined) return await notices.putOff(notice, pauseMs)
      if (problem !== null) onFailure(client.clientId, problem)
      await notices.settle(notice)
    } catch (error) {
      onFailure(client.clientId, textOf(error))
    }
  }

  async #attempt(realm: Realm, client: Client, notice: LogoutNotice): Promise<Answer> {
    const url = clientUrl(client, 'backchannel.logout.url', notice.places)
    if (!url) return { problem: 'the logout URL is no http(s) URL', isTheirs: false }
    const claims = this.#claims(realm, client, notice)
    const token = await this.#deps.tokens.sign(realm, client, 'logout', claims)
    try {
      // Where a client sends us on to is not what the administrator wrote down: redirects are refusals.
      const status = await this.#deps.post(url, new URLSearchParams({ logout_token: token }))
      if (status === 200 || status === 204) return { problem: null, isTheirs: false }
      return { problem: `status ${status}`, isTheirs: status >= 500 || status === 429 }
    } catch (error) {
      return { problem: textOf(error), isTheirs: true }
    }
  }

  #claims(realm: Realm, client: Client, notice: LogoutNotice): Claims {
    const now = epochSeconds(this.#deps.clock)
    const attributes = client.representation.attributes ?? {}
    const withSession = attributes['backchannel.logout.session.required'] !== 'false'
    const revokeOffline = attributes['backchannel.logout.revoke.offline.tokens'] === 'true'
    return {
      exp: now + logoutTokenSeconds,
      iat: now,
      jti: notice.id,
      iss: issuerOf(notice.places, realm),
      aud: client.clientId,
      sub: subjectFor(client, notice.userId),
      typ: 'Logout',
      ...(withSession ? { sid: notice.sessionId } : {}),
      events: {
        [backchannelEvent]: {},
        ...(revokeOffline ? { [revokeOfflineEvent]: true } : {}),
      },
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** @returns an absolute http(s) URL of a client's attribute, relative ones under its root URL; null for anything else */
function clientUrl(client: Client, attribute: string, places: ServerPlaces): string | null {
  const text = client.representation.attributes?.[attribute] ?? ''
  const absolute = text.startsWith('/') ? resolvedRootUrl(client, places) + text : text
  return /^https?:\/\//i.test(absolute) ? absolute : null
}

function frontchannelUrl(
  realm: Realm,
  places: ServerPlaces,
  { session }: EndedSession,
  client: Client,
): string | null {
  const { frontchannelLogout, attributes = {} } = client.representation
  if (!frontchannelLogout || !attributes['frontchannel.logout.url']) return null
  const url = clientUrl(client, 'frontchannel.logout.url', places)
  if (url === null || attributes['frontchannel.logout.session.required'] === 'false') return url
  const parameters = new URLSearchParams({ iss: issuerOf(places, realm), sid: session.id })
  return `${url}${url.includes('?') ? '&' : '?'}${parameters.toString()}`
}
