import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import { epochSeconds } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { EndedSession } from '../sessions/sessions.ts'
import type { ClientId } from '../typed-ids.ts'
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
/**
 * Pauses before a client that could not take its logout token is told again. What is left when a node stops or dies is not
 * told: the session has ended, so that its tokens are good for nothing here, and a logout token itself is good for two minutes.
 */
const retryPausesMs = [1_000, 5_000, 15_000]
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
  /** Told which client did not take its logout token, and why. */
  readonly onFailure: (clientId: ClientId, reason: string) => void
  /** In the place of the usual pauses before the second, third, … attempt. */
  readonly retryPausesMs?: readonly number[]
}

/** OpenID Connect's part of a logout: tells clients that a session has ended. Disposing of it waits until all are told. */
export class ClientLogouts implements AsyncDisposable {
  readonly #deps: ClientLogoutsDeps
  readonly #underWay = new Set<Promise<void>>()
  readonly #stopping = new AbortController()

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

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#underWay)
  }

  async #sendAll(
    realm: Realm,
    places: ServerPlaces,
    ended: EndedSession,
    clients: readonly Client[],
  ): Promise<void> {
    const sendBatches = async () => {
      for (let start = 0; start < clients.length; start += concurrentMax) {
        const batch = clients.slice(start, start + concurrentMax)
        await Promise.all(batch.map((client) => this.#send(realm, places, ended, client)))
      }
    }
    const told = sendBatches().finally(() => this.#underWay.delete(told))
    this.#underWay.add(told)
    if (this.#underWay.size > underWayMax) return await told
    await Promise.race([told, delay(patienceMs, undefined, { ref: false })])
  }

  async #send(
    realm: Realm,
    places: ServerPlaces,
    ended: EndedSession,
    client: Client,
  ): Promise<void> {
    const url = clientUrl(client, 'backchannel.logout.url', places)
    try {
      if (!url) throw new Error('the logout URL is no http(s) URL')
      const token = await this.#deps.tokens.sign(
        realm,
        client,
        'logout',
        this.#claims(realm, places, ended, client),
      )
      // Where a client sends us on to is not what the administrator wrote down: redirects are refusals.
      await this.#deliver(url, new URLSearchParams({ logout_token: token }))
    } catch (error) {
      this.#deps.onFailure(client.clientId, error instanceof Error ? error.message : String(error))
    }
  }

  /** Tells a client that cannot be reached, or has trouble of its own, again; one that refuses has been told. */
  async #deliver(url: string, form: URLSearchParams): Promise<void> {
    const { post } = this.#deps
    for (const pauseMs of this.#deps.retryPausesMs ?? retryPausesMs) {
      const status = await post(url, form).catch(() => null)
      if (status === 200 || status === 204) return
      const isTheirs = status === null || status >= 500 || status === 429
      if (!isTheirs) throw new Error(`status ${status}`)
      if (!(await this.#paused(pauseMs))) break
    }
    const status = await post(url, form)
    if (status !== 200 && status !== 204) throw new Error(`status ${status}`)
  }

  /** @returns false when the server stops meanwhile */
  async #paused(ms: number): Promise<boolean> {
    try {
      await delay(ms, undefined, { ref: false, signal: this.#stopping.signal })
      return true
    } catch {
      return false
    }
  }

  #claims(realm: Realm, places: ServerPlaces, ended: EndedSession, client: Client): Claims {
    const now = epochSeconds(this.#deps.clock)
    const attributes = client.representation.attributes ?? {}
    const withSession = attributes['backchannel.logout.session.required'] !== 'false'
    const revokeOffline = attributes['backchannel.logout.revoke.offline.tokens'] === 'true'
    return {
      exp: now + logoutTokenSeconds,
      iat: now,
      jti: newUuid(),
      iss: issuerOf(places, realm),
      aud: client.clientId,
      sub: subjectFor(client, ended.session.userId),
      typ: 'Logout',
      ...(withSession ? { sid: ended.session.id } : {}),
      events: {
        [backchannelEvent]: {},
        ...(revokeOffline ? { [revokeOfflineEvent]: true } : {}),
      },
    }
  }
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
