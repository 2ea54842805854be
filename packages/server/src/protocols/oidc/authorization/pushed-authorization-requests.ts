import { randomUUID } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import type { Clock } from '../../../shared/clock.ts'
import { InvalidRequestPage } from './request-page-error.ts'

/** Begin of the references that this server gives out (RFC 9126 §2.2). */
const referencePrefix = 'urn:ietf:params:oauth:request_uri:'
/** Seconds within which a pushed request must be used, unless the realm says otherwise. */
const lifespanSecondsDefault = 60
/** Longest that a realm may let one wait: what waits is a row (RFC 9126 §2.2 has 5 to 600 in mind). */
const lifespanSecondsMax = 3_600
/** No login and no pushed request lives longer than this. */
const usedMs = 24 * 3_600_000
/** What follows the prefix; nothing else is looked up. */
const referenceShape = /^[\w-]{10,64}$/

export interface PushedRequest {
  /** `request_uri` for the authorization endpoint; good for one login. */
  readonly requestUri: string
  readonly expiresInSeconds: number
}

/** Authorization requests that clients have sent beforehand (RFC 9126). */
export class PushedAuthorizationRequests {
  readonly #deps: { readonly singleUse: SingleUseObjects; readonly clock: Clock }

  constructor(deps: { readonly singleUse: SingleUseObjects; readonly clock: Clock }) {
    this.#deps = deps
  }

  /** Keeps the parameters of a request that was checked already. */
  async keep(realm: Realm, client: Client, parameters: URLSearchParams): Promise<PushedRequest> {
    const reference = randomUUID()
    const expiresInSeconds = lifespanSecondsOf(realm)
    const expiresAt = this.#deps.clock.now() + expiresInSeconds * 1000
    const notes = { client: client.id, parameters: parameters.toString() }
    await this.#deps.singleUse.putIfAbsent(objectId(realm, reference), expiresAt, notes)
    return { requestUri: referencePrefix + reference, expiresInSeconds }
  }

  /**
   * Told of a login by a pushed request when it ends: until then the browser may load the page again (FAPI 2.0 Security
   * Profile §5.3.2.2), and of many logins by the same request one comes to its end.
   * @returns whether it is the first
   */
  async finish(realm: Realm, requestUri: string): Promise<boolean> {
    const reference = requestUri.slice(referencePrefix.length)
    const keptUntil = this.#deps.clock.now() + usedMs
    return await this.#deps.singleUse.putIfAbsent(usedId(realm, reference), keptUntil)
  }

  /**
   * Puts the pushed parameters in the place of a reference to them; a request without one is returned as it is.
   * @throws InvalidRequestPage for a reference that is unknown, used, expired or of another client, and for a client that
   *   must push its requests and has not
   */
  async expand(realm: Realm, client: Client, sent: URLSearchParams): Promise<URLSearchParams> {
    const [uri = ''] = sent.getAll('request_uri')
    if (!isPushed(sent)) {
      if (mustPush(realm, client)) throw new InvalidRequestPage('invalidRequestMessage')
      return sent
    }
    const reference = uri.slice(referencePrefix.length)
    const { singleUse } = this.#deps
    const notes = referenceShape.test(reference)
      ? await singleUse.read(objectId(realm, reference))
      : null
    const usable = notes?.['client'] === client.id
    if (!usable || (await singleUse.read(usedId(realm, reference))) !== null) {
      throw new InvalidRequestPage('invalidRequestMessage')
    }
    return new URLSearchParams(String(notes['parameters']))
  }
}

function usedId(realm: Realm, reference: string): string {
  return `par-used.${realm.id}.${reference}`
}

/** Whether a request refers to one that was pushed, be it there or not. */
export function isPushed(sent: URLSearchParams): boolean {
  return sent.getAll('request_uri')[0]?.startsWith(referencePrefix) === true
}

/** Attribute of a realm: all its clients have to push their requests. Holdfast's own. */
const realmAttribute = 'requirePushedAuthorizationRequests'

/** @returns `require_pushed_authorization_requests` of a realm (RFC 9126 §5) */
export function realmWantsPushed(realm: Realm): boolean {
  return realm.settings.attributes[realmAttribute] === 'true'
}

/** @returns whether requests of this client have to be pushed (RFC 9126 §5 and §6) */
export function mustPush(realm: Realm, client: Client): boolean {
  const own = client.representation.attributes?.['require.pushed.authorization.requests']
  return own === 'true' || realmWantsPushed(realm)
}

function objectId(realm: Realm, reference: string): string {
  return `par.${realm.id}.${reference}`
}

function lifespanSecondsOf(realm: Realm): number {
  const seconds = Number(realm.settings.attributes['parRequestUriLifespan'])
  return Number.isInteger(seconds) && seconds > 0
    ? Math.min(seconds, lifespanSecondsMax)
    : lifespanSecondsDefault
}
