import type { Transaction } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import { networkOfAddress } from '../../../shared/network-of-address.ts'
import type { Realm } from '../../realms/realm.ts'
import { FlowFailure } from '../engine/flow-failure.ts'
import type { LoginState } from './login-state.ts'
import type { LoginStateRecords } from './login-state-records.ts'
import { RowAllowance } from './row-allowance.ts'
import {
  type DetachedPage,
  type RestartState,
  sealedDetachedPage,
  sealedRestart,
  sealedRow,
  sealedVisit,
  stateOf,
  visitOf,
} from './sealed-contents.ts'
import { browserHash, type SealedFor, type Seals } from './seals.ts'

/** Characters of sealed state that an address may carry; a longer state becomes a row. */
const sealedLengthMax = 3_000

export interface LoginStatesDeps {
  readonly records: LoginStateRecords
  readonly seals: Seals
  readonly clock: Clock
}

/** Another request of the same tab was faster. */
export class LoginStateConflict extends Error {}

/**
 * Where the state of a login lives. While nobody has proved anything it travels with the browser, sealed, so that visits
 * cost no row; from then on it is a row, changed by compare-and-set, and the address carries only which row and version.
 */
export class LoginStates {
  readonly #deps: LoginStatesDeps
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
    const { seals } = this.#deps
    const to = { realmId: state.realmId, browserId }
    const visited = visitOf(state)
    if (visited !== null) {
      const sealed = await seals.seal(sealedVisit, to, visited)
      if (sealed.length <= sealedLengthMax) return sealed
    }
    this.#requireAllowance(state, ipAddress)
    await this.#write(state, browserId)
    return seals.seal(sealedRow, to, { id: state.id, tabId: state.tabId, ver: state.ver })
  }

  /**
   * Keeps the state as a row, also of somebody who has proved nothing.
   * @param beside written in the same transaction
   * @throws as `keep`
   */
  async keepRow(
    state: LoginState,
    browserId: string,
    ipAddress: string,
    beside: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    this.#requireAllowance(state, ipAddress)
    await this.#write(state, browserId, beside)
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
    const { seals, clock } = this.#deps
    const to = { realmId: realm.id, browserId }
    const visited = await seals.open(sealedVisit, to, code)
    if (visited !== undefined) {
      return visited.expiresAt > clock.now() ? stateOf(visited, realm.id) : undefined
    }
    const reference = await seals.open(sealedRow, to, code)
    if (reference === undefined) return undefined
    const state = await this.ofTab(realm, browserId, reference.tabId)
    if (state === null || state.id !== reference.id) return undefined
    return state.ver === reference.ver ? state : 'stale'
  }

  /** The row of a tab, for pages that are loaded without a form. */
  async ofTab(realm: Realm, browserId: string, tabId: string): Promise<LoginState | null> {
    const { records, clock } = this.#deps
    return await records.of(realm.id, browserHash(browserId), tabId, clock.now())
  }

  /** @returns the value of the cookie KC_RESTART */
  sealRestart(realm: Realm, browserId: string, restart: RestartState): Promise<string> {
    return this.#deps.seals.seal(sealedRestart, { realmId: realm.id, browserId }, restart)
  }

  /** @returns what was asked for, also when the time for the login itself is over */
  async openRestart(
    realm: Realm,
    browserId: string,
    cookie: string,
  ): Promise<RestartState | undefined> {
    const { seals, clock } = this.#deps
    const restart = await seals.open(sealedRestart, { realmId: realm.id, browserId }, cookie)
    return restart !== undefined && restart.expiresAt > clock.now() ? restart : undefined
  }

  /** @returns the value of the cookie KC_STATE_CHECKER */
  sealDetached(realm: Realm, page: DetachedPage): Promise<string> {
    return this.#deps.seals.seal(sealedDetachedPage, anyBrowser(realm), page)
  }

  openDetached(realm: Realm, cookie: string): Promise<DetachedPage | undefined> {
    return this.#deps.seals.open(sealedDetachedPage, anyBrowser(realm), cookie)
  }

  #requireAllowance(state: LoginState, ipAddress: string): void {
    if (state.proved || state.ver > 0 || this.#allowance.take(networkOfAddress(ipAddress))) return
    throw new FlowFailure('invalid_request', { message: { key: 'invalidRequestMessage' } })
  }

  async #write(
    state: LoginState,
    browserId: string,
    beside?: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    const written = await this.#deps.records.write(browserHash(browserId), state, beside)
    if (!written) throw new LoginStateConflict('the tab has moved on')
    state.ver += 1
  }
}

/** These pages say nothing about anybody, and may come before a browser has a name. */
function anyBrowser(realm: Realm): SealedFor {
  return { realmId: realm.id, browserId: '' }
}
