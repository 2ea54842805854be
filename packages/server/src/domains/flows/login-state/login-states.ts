import { createHash } from 'node:crypto'
import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import { networkOfAddress } from '../../../shared/network-of-address.ts'
import type { Realm } from '../../realms/realm.ts'
import type { ClientRequest } from '../engine/client-request.ts'
import { FlowFailure } from '../engine/flow-failure.ts'
import type { ClusterKeys } from './cluster-keys.ts'
import type { LoginState } from './login-state.ts'
import { LoginStateStore } from './login-state-store.ts'
import { RowAllowance } from './row-allowance.ts'
import { openText, sealText } from './sealed-text.ts'

/** Characters of sealed state that an address may carry; a longer state becomes a row. */
const sealedLengthMax = 3_000

export interface LoginStatesDeps {
  readonly database: Database
  readonly keys: ClusterKeys
  readonly clock: Clock
}

/** What the restart cookie brings back: who asked for what, in which tab. */
export interface RestartState {
  readonly clientUuid: string
  readonly tabId: string
  readonly request: ClientRequest
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** A page that belongs to no tab, as a cookie keeps it. */
export interface DetachedPage {
  /** 200 for a notice, otherwise of the error. */
  readonly status: number
  readonly message: { readonly key: string; readonly params?: readonly string[] }
}

/** Another request of the same tab was faster. */
export class LoginStateConflict extends Error {}

/**
 * Where the state of a login lives. While nobody has proved anything it travels with the browser, sealed, so that visits
 * cost no row; from then on it is a row, changed by compare-and-set, and the address carries only which row and version.
 */
export class LoginStates {
  readonly #deps: LoginStatesDeps
  readonly #store = new LoginStateStore()
  readonly #allowance: RowAllowance

  constructor(deps: LoginStatesDeps) {
    this.#deps = deps
    this.#allowance = new RowAllowance(deps.clock)
  }

  /**
   * Keeps the state for the next request.
   * @param browserId value of the cookie that names the browser
   * @param ipAddress of the browser: limits what visits may cost
   * @returns the `session_code` of the page's addresses
   * @throws LoginStateConflict; FlowFailure when the address has caused too many rows
   */
  async keep(state: LoginState, browserId: string, ipAddress: string): Promise<string> {
    if (!state.proved && state.ver === 0) {
      const sealed = await this.#seal(state, state.realmId, 'login-state', browserId)
      if (sealed.length <= sealedLengthMax) return sealed
      if (!this.#allowance.take(networkOfAddress(ipAddress))) {
        throw new FlowFailure('invalid_request', { message: { key: 'invalidRequestMessage' } })
      }
    }
    await this.#write(state, browserId)
    const reference = { id: state.id, tabId: state.tabId, ver: state.ver }
    return this.#seal(reference, state.realmId, 'login-row', browserId)
  }

  /**
   * @param code `session_code` of a form
   * @returns the state that the form was made from; `stale` when the tab has moved on since; undefined when the code is not
   *   one of this realm and browser, or has expired
   */
  async open(
    realm: Realm,
    code: string,
    browserId: string,
  ): Promise<LoginState | 'stale' | undefined> {
    const sealed = await this.#open<LoginState>(code, realm.id, 'login-state', browserId)
    if (sealed !== undefined) {
      return sealed.expiresAt > this.#deps.clock.now() ? sealed : undefined
    }
    const reference = await this.#open<Pick<LoginState, 'id' | 'tabId' | 'ver'>>(
      code,
      realm.id,
      'login-row',
      browserId,
    )
    if (reference === undefined) return undefined
    const state = await this.ofTab(realm, browserId, reference.tabId)
    if (state === null || state.id !== reference.id) return undefined
    return state.ver === reference.ver ? state : 'stale'
  }

  /** The row of a tab, for pages that are loaded without a form. */
  async ofTab(realm: Realm, browserId: string, tabId: string): Promise<LoginState | null> {
    const { database, clock } = this.#deps
    return this.#store.of(database, realm.id, browserHash(browserId), tabId, clock.now())
  }

  /** @returns the value of the cookie KC_RESTART */
  sealRestart(realm: Realm, restart: RestartState): Promise<string> {
    return this.#seal(restart, realm.id, 'restart', '')
  }

  async openRestart(realm: Realm, cookie: string): Promise<RestartState | undefined> {
    const restart = await this.#open<RestartState>(cookie, realm.id, 'restart', '')
    return restart !== undefined && restart.expiresAt > this.#deps.clock.now() ? restart : undefined
  }

  /** @returns the value of the cookie KC_STATE_CHECKER */
  sealDetached(realm: Realm, page: DetachedPage): Promise<string> {
    return this.#seal(page, realm.id, 'detached', '')
  }

  openDetached(realm: Realm, cookie: string): Promise<DetachedPage | undefined> {
    return this.#open<DetachedPage>(cookie, realm.id, 'detached', '')
  }

  async #write(state: LoginState, browserId: string): Promise<void> {
    const browser = browserHash(browserId)
    const written = await this.#deps.database.transaction(
      (tx) =>
        state.ver === 0
          ? this.#store.insert(tx, browser, state)
          : this.#store.replace(tx, browser, state),
      { durability: 'async' },
    )
    if (!written) throw new LoginStateConflict('the tab has moved on')
    state.ver += 1
  }

  #seal(value: unknown, realmId: string, purpose: string, browserId: string): Promise<string> {
    return sealText(
      this.#deps.keys,
      JSON.stringify(value),
      `${realmId}|${purpose}|${browserHash(browserId)}`,
    )
  }

  async #open<T>(
    sealed: string,
    realmId: string,
    purpose: string,
    browserId: string,
  ): Promise<T | undefined> {
    const boundTo = `${realmId}|${purpose}|${browserHash(browserId)}`
    const text = await openText(this.#deps.keys, sealed, boundTo)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  }
}

/** Rows and sealed texts know the browser by this, so that neither gives the cookie away. */
function browserHash(browserId: string): string {
  return createHash('sha256').update(browserId).digest('base64url')
}
