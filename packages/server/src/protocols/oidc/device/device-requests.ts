import { createHash, randomInt } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import type { ClientUuid, SessionId } from '../../../domains/typed-ids.ts'
import type { Clock } from '../../../shared/clock.ts'
import { randomBase64Url } from '../../../shared/random.ts'

/** Letters of codes that people type (RFC 8628 §6.1): no vowels, so that no words come out. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'
const lettersPerCode = 8
const deviceCodeBytes = 32
const lifespanSecondsDefault = 600
const lifespanSecondsMax = 3_600
const intervalSecondsDefault = 5
const intervalSecondsMax = 60
/** How long a code that has expired is known as one. */
const memoryMs = 120_000
/** Codes that are tried before one is free. */
const attemptsMax = 5

/** What a device asks for, and what became of it. */
export interface DeviceRequest {
  readonly clientUuid: ClientUuid
  readonly scope: string
  /** Further parameters: `nonce`, `code_challenge`, `code_challenge_method`. */
  readonly parameters: Readonly<Record<string, string>>
  readonly status: 'pending' | 'granted' | 'denied'
  /** Session of the user who has granted it. */
  readonly sessionId: SessionId | null
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** What a device is told. */
export interface DeviceCodes {
  readonly deviceCode: string
  readonly userCode: string
  readonly expiresInSeconds: number
  readonly intervalSeconds: number
}

/** Requests of devices that wait for their user (RFC 8628). */
export class DeviceRequests {
  readonly #deps: { readonly singleUse: SingleUseObjects; readonly clock: Clock }

  constructor(deps: { readonly singleUse: SingleUseObjects; readonly clock: Clock }) {
    this.#deps = deps
  }

  async create(
    realm: Realm,
    client: Client,
    scope: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<DeviceCodes> {
    const { singleUse, clock } = this.#deps
    const expiresInSeconds = lifespanOf(realm, client)
    const expiresAt = clock.now() + expiresInSeconds * 1_000
    const deviceCode = randomBase64Url(deviceCodeBytes)
    const id = requestId(realm, deviceCode)
    const request: DeviceRequest = {
      clientUuid: client.id,
      scope,
      parameters,
      status: 'pending',
      sessionId: null,
      expiresAt,
    }
    await singleUse.putIfAbsent(id, expiresAt + memoryMs, { ...request })
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const userCode = newUserCode()
      if (!(await singleUse.putIfAbsent(userCodeId(realm, userCode), expiresAt, { id }))) continue
      const shown = `${userCode.slice(0, 4)}-${userCode.slice(4)}`
      const intervalSeconds = intervalOf(realm, client)
      return { deviceCode, userCode: shown, expiresInSeconds, intervalSeconds }
    }
    throw new Error('no user code is free')
  }

  /** @returns id of the request that waits for this user code; null for any other text */
  async waitingFor(realm: Realm, typed: string): Promise<string | null> {
    const code = typed.toUpperCase().replaceAll(/[^A-Z]/g, '')
    if (code.length !== lettersPerCode) return null
    const notes = await this.#deps.singleUse.read(userCodeId(realm, code))
    const id = notes?.['id']
    if (typeof id !== 'string') return null
    const request = await this.read(id)
    return request?.status === 'pending' ? id : null
  }

  async read(id: string): Promise<DeviceRequest | null> {
    const notes = await this.#deps.singleUse.read(id)
    return notes as DeviceRequest | null
  }

  /** Keeps what the user has decided. @returns false when somebody has decided before, or the time is over */
  async decide(id: string, sessionId: SessionId | null): Promise<boolean> {
    const request = await this.read(id)
    if (request?.status !== 'pending' || request.expiresAt <= this.#deps.clock.now()) return false
    const decided = { ...request, status: sessionId === null ? 'denied' : 'granted', sessionId }
    return await this.#deps.singleUse.replace(id, { ...request }, decided)
  }

  /** Takes a request that was granted: of many who poll at once one gets it. */
  async take(id: string): Promise<DeviceRequest | null> {
    return (await this.#deps.singleUse.consume(id)) as DeviceRequest | null
  }

  /** @returns whether the device has waited as long as it was told to */
  async mayPoll(realm: Realm, client: Client, id: string): Promise<boolean> {
    const until = this.#deps.clock.now() + intervalOf(realm, client) * 1_000
    return await this.#deps.singleUse.putIfAbsent(`poll.${id}`, until)
  }
}

/** @returns id of the request of a device code */
export function requestId(realm: Realm, deviceCode: string): string {
  return `device.${realm.id}.${createHash('sha256').update(deviceCode).digest('base64url')}`
}

function userCodeId(realm: Realm, userCode: string): string {
  return `device-user.${realm.id}.${userCode}`
}

function newUserCode(): string {
  return Array.from({ length: lettersPerCode }, () => letters[randomInt(letters.length)]).join('')
}

function lifespanOf(realm: Realm, client: Client): number {
  const own = client.representation.attributes?.['oauth2.device.code.lifespan']
  return bounded(
    own,
    realm.settings['oauth2DeviceCodeLifespan'],
    lifespanSecondsDefault,
    lifespanSecondsMax,
  )
}

function intervalOf(realm: Realm, client: Client): number {
  const own = client.representation.attributes?.['oauth2.device.polling.interval']
  return bounded(
    own,
    realm.settings['oauth2DevicePollingInterval'],
    intervalSecondsDefault,
    intervalSecondsMax,
  )
}

/** @returns the first of two settings that is a whole number above 0, at most `max` */
function bounded(own: unknown, ofRealm: unknown, byDefault: number, max: number): number {
  for (const value of [own, ofRealm]) {
    const seconds = Number(value)
    if (value !== '' && Number.isInteger(seconds) && seconds > 0) return Math.min(seconds, max)
  }
  return byDefault
}
