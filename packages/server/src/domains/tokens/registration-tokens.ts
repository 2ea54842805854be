import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { epochSeconds } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientUuid } from '../typed-ids.ts'
import type { InitialAccess } from './initial-access.ts'
import { RegistrationAccessStore } from './registration-access-store.ts'
import type { Tokens } from './tokens.ts'

/** Keycloak's `typ` of the two kinds. */
const initialType = 'InitialAccessToken'
const registrationType = 'RegistrationAccessToken'
/** Initial access tokens of one realm in a list. */
const listMax = 1_000
const countMax = 100_000
const expirationSecondsMax = 10 * 366 * 86_400

/** Whether a client was registered by somebody who was known. */
export type RegistrationAuth = 'anonymous' | 'authenticated'

/** What the token of a registration hands on to its successors. */
export interface RegistrationGrant {
  readonly auth: RegistrationAuth
  /** Pages of these web origins may send it. */
  readonly origins: readonly string[]
}

/** What a token of registration says; what it may do is read from the database. */
export type RegistrationToken =
  | { readonly kind: 'initial'; readonly id: string; readonly origins: readonly string[] }
  | ({ readonly kind: 'registration'; readonly id: string } & RegistrationGrant)

/** Leave to register that an administrator wants to give. */
export interface InitialAccessWish {
  /** Seconds; 0 = no end. */
  readonly expiration: number
  readonly count: number
  /** Pages of these web origins may send the token; they stand in it alone. */
  readonly origins: readonly string[]
}

export interface RegistrationTokensDeps {
  readonly database: Database
  readonly tokens: Pick<Tokens, 'signInternal' | 'verifyInternal'>
  readonly clock: Clock
}

/** Tokens that let clients be registered (RFC 7591 §3) and changed (RFC 7592 §3) without an administrator. */
export class RegistrationTokens {
  readonly #deps: RegistrationTokensDeps
  readonly #store = new RegistrationAccessStore()

  constructor(deps: RegistrationTokensDeps) {
    this.#deps = deps
  }

  /**
   * Gives leave to register some clients.
   * @param traceOf the admin event of the new id
   * @throws ModelError `invalid` for numbers that make no sense
   */
  async giveInitialAccess(
    realm: Realm,
    issuer: string,
    { expiration, count, origins }: InitialAccessWish,
    traceOf: (id: string) => Promise<AdminTrace>,
  ): Promise<{ access: InitialAccess; token: string }> {
    const inRange = (value: number, min: number, max: number) =>
      Number.isInteger(value) && value >= min && value <= max
    if (!inRange(expiration, 0, expirationSecondsMax) || !inRange(count, 0, countMax)) {
      throw new ModelError('invalid', 'Invalid expiration or count')
    }
    const { database, clock, tokens } = this.#deps
    const createdAt = clock.now()
    const expiresAt = expiration === 0 ? null : createdAt + expiration * 1_000
    const access = { id: newUuid(), createdAt, expiresAt, count, remaining: count }
    const trace = await traceOf(access.id)
    await database.transaction(async (tx) => {
      await this.#store.insert(tx, realm.id, access)
      await trace(tx)
    })
    const claims = {
      ...(expiresAt === null ? {} : { exp: Math.floor(expiresAt / 1_000) }),
      ...this.#claims(issuer, access.id),
      ...originsClaim(origins),
    }
    return { access, token: await tokens.signInternal(realm, claims, initialType) }
  }

  async initialAccesses(realm: Realm): Promise<InitialAccess[]> {
    return await this.#store.list(this.#deps.database, realm.id, listMax)
  }

  /** @returns whether it existed */
  async removeInitialAccess(realm: Realm, id: string, trace: AdminTrace): Promise<boolean> {
    return await this.#deps.database.transaction(async (tx) => {
      const removed = await this.#store.remove(tx, realm.id, id)
      if (removed) await trace(tx)
      return removed
    })
  }

  /** Uses one of the registrations that are left. @returns why there is none; null when there was one */
  async takeInitialAccess(realm: Realm, id: string): Promise<string | null> {
    const { database, clock } = this.#deps
    const access = await this.#store.byId(database, realm.id, id)
    if (access === null) return 'Initial Access Token not found'
    if (access.expiresAt !== null && access.expiresAt <= clock.now()) return 'Token is expired'
    const taken = await this.#store.take(database, realm.id, id, 1)
    return taken ? null : 'No remaining count on initial access token'
  }

  /** Gives a registration back that came to nothing. */
  async giveBackInitialAccess(realm: Realm, id: string): Promise<void> {
    await this.#store.take(this.#deps.database, realm.id, id, -1)
  }

  /** @returns what a token of this realm says; null for any other text */
  read(realm: Realm, issuer: string, text: string): RegistrationToken | null {
    const claims = this.#deps.tokens.verifyInternal(realm, text, [initialType, registrationType])
    if (claims === null || claims['iss'] !== issuer || typeof claims['jti'] !== 'string')
      return null
    const { exp, jti: id } = claims
    const origins = stringsOf(claims['allowed-origins'])
    if (typeof exp === 'number' && exp !== 0 && exp <= epochSeconds(this.#deps.clock)) return null
    if (claims['typ'] === initialType) return { kind: 'initial', id, origins }
    const known = claims['registration_auth'] === 'authenticated'
    return { kind: 'registration', id, auth: known ? 'authenticated' : 'anonymous', origins }
  }

  /** A token for a client, in place of an earlier one. @param trace where an administrator asks for it */
  async issueFor(
    realm: Realm,
    issuer: string,
    clientUuid: ClientUuid,
    grant: RegistrationGrant,
    trace?: AdminTrace,
  ): Promise<string> {
    const id = newUuid()
    await this.#deps.database.transaction(async (tx) => {
      await this.#store.setToken(tx, clientUuid, id)
      await trace?.(tx)
    })
    return await this.sign(realm, issuer, id, grant)
  }

  /** Writes a token again that counts already. */
  async sign(realm: Realm, issuer: string, id: string, grant: RegistrationGrant): Promise<string> {
    const { auth, origins } = grant
    const claims = {
      ...this.#claims(issuer, id),
      registration_auth: auth,
      ...originsClaim(origins),
    }
    return await this.#deps.tokens.signInternal(realm, claims, registrationType)
  }

  /** Whether a token is the one that counts for a client. */
  async belongsTo(clientUuid: ClientUuid, tokenId: string): Promise<boolean> {
    return (await this.#store.tokenOf(this.#deps.database, clientUuid)) === tokenId
  }

  /** Lets another token count. @returns null when the old one did not count any more */
  async rotate(
    realm: Realm,
    issuer: string,
    clientUuid: ClientUuid,
    token: RegistrationGrant & { readonly id: string },
  ): Promise<string | null> {
    const id = newUuid()
    const replaced = await this.#store.replaceToken(this.#deps.database, clientUuid, token.id, id)
    return replaced ? await this.sign(realm, issuer, id, token) : null
  }

  #claims(issuer: string, jti: string) {
    return { iat: epochSeconds(this.#deps.clock), jti, iss: issuer, aud: issuer }
  }
}

function originsClaim(origins: readonly string[]) {
  return origins.length === 0 ? {} : { 'allowed-origins': origins }
}

function stringsOf(value: unknown): string[] {
  return [value].flat().filter((each) => typeof each === 'string')
}
