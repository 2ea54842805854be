import { createHash } from 'node:crypto'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import type { ClientUuid, UserId } from '../../../domains/typed-ids.ts'
import type { Clock } from '../../../shared/clock.ts'
import { newUuid, randomBase64Url } from '../../../shared/random.ts'

/** OpenID Connect CIBA Core §7.3 asks for 128 bits at least. */
const requestIdBytes = 32
/** How long a request that has expired is known as one. */
const memoryMs = 120_000

/** What a client asks a user for, and what became of it. */
export interface CibaRequest {
  readonly clientUuid: ClientUuid
  readonly userId: UserId
  readonly scope: string
  readonly acrValues: string | null
  readonly bindingMessage: string | null
  readonly status: 'pending' | 'granted' | 'denied'
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  /** For the client in ping mode: what it calls the request, and the token that it wants to be told with. */
  readonly ping: { readonly authReqId: string; readonly token: string } | null
}

export type CibaRequestToMake = Omit<CibaRequest, 'status' | 'ping'> & {
  readonly notificationToken: string | null
}

/** Requests that wait for their user: rows, so that any node can be asked, told, and asked again. */
export class CibaRequests {
  readonly #singleUse: SingleUseObjects
  readonly #clock: Clock

  constructor(deps: { readonly singleUse: SingleUseObjects; readonly clock: Clock }) {
    this.#singleUse = deps.singleUse
    this.#clock = deps.clock
  }

  /**
   * @returns what the client asks for tokens with, and what the channel answers with
   */
  async create(
    realm: Realm,
    { notificationToken: token, ...made }: CibaRequestToMake,
  ): Promise<{ readonly authReqId: string; readonly resultId: string }> {
    const authReqId = randomBase64Url(requestIdBytes)
    const resultId = newUuid()
    const id = requestIdOf(realm, authReqId)
    const ping = token === null ? null : { authReqId, token }
    const request: CibaRequest = { ...made, status: 'pending', ping }
    const keptUntil = made.expiresAt + memoryMs
    await this.#singleUse.putIfAbsent(id, keptUntil, { ...request })
    await this.#singleUse.putIfAbsent(resultIdOf(realm, resultId), made.expiresAt, { id })
    return { authReqId, resultId }
  }

  /** Forgets a request that could not be passed on. */
  async drop(realm: Realm, authReqId: string): Promise<void> {
    await this.#singleUse.consume(requestIdOf(realm, authReqId))
  }

  /** @returns null for what nobody has asked for */
  async byRequestId(realm: Realm, authReqId: string): Promise<CibaRequest | null> {
    return (await this.#singleUse.read(requestIdOf(realm, authReqId))) as CibaRequest | null
  }

  /** @returns the request that waits for this answer; null when there is none, or it was answered */
  async byResultId(realm: Realm, resultId: string): Promise<CibaRequest | null> {
    const notes = await this.#singleUse.read(resultIdOf(realm, resultId))
    const id = notes?.['id']
    if (typeof id !== 'string') return null
    return (await this.#singleUse.read(id)) as CibaRequest | null
  }

  /** Remembers what a user was asked last, for whoever asks them in their browser. */
  async show(realm: Realm, userId: UserId, resultId: string, expiresAt: number): Promise<void> {
    const id = userIdOf(realm, userId)
    await this.#singleUse.consume(id)
    await this.#singleUse.putIfAbsent(id, expiresAt, { resultId })
  }

  /** @returns what a user was asked last; null when there is nothing */
  async shownTo(realm: Realm, userId: UserId): Promise<string | null> {
    const notes = await this.#singleUse.read(userIdOf(realm, userId))
    const resultId = notes?.['resultId']
    return typeof resultId === 'string' ? resultId : null
  }

  /** Keeps what the user has decided. @returns the request; null when somebody was faster, or the time is over */
  async decide(
    realm: Realm,
    resultId: string,
    status: 'granted' | 'denied',
  ): Promise<CibaRequest | null> {
    const notes = await this.#singleUse.consume(resultIdOf(realm, resultId))
    const id = notes?.['id']
    if (typeof id !== 'string') return null
    const request = (await this.#singleUse.read(id)) as CibaRequest | null
    if (request?.status !== 'pending' || request.expiresAt <= this.#clock.now()) return null
    const decided = { ...request, status }
    return (await this.#singleUse.replace(id, { ...request }, decided)) ? decided : null
  }

  /** Takes a request that was granted: of many who poll at once one gets it. */
  async take(realm: Realm, authReqId: string): Promise<CibaRequest | null> {
    return (await this.#singleUse.consume(requestIdOf(realm, authReqId))) as CibaRequest | null
  }

  /** @returns whether the client has waited as long as it was told to */
  async mayPoll(realm: Realm, authReqId: string, intervalSeconds: number): Promise<boolean> {
    const until = this.#clock.now() + intervalSeconds * 1_000
    return await this.#singleUse.putIfAbsent(`poll.${requestIdOf(realm, authReqId)}`, until)
  }
}

function requestIdOf(realm: Realm, authReqId: string): string {
  return `ciba.${realm.id}.${createHash('sha256').update(authReqId).digest('base64url')}`
}

function userIdOf(realm: Realm, userId: UserId): string {
  return `ciba-user.${realm.id}.${userId}`
}

function resultIdOf(realm: Realm, resultId: string): string {
  return `ciba-result.${realm.id}.${resultId}`
}
