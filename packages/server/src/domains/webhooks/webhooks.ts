import type { Database, Queryable, Transaction } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import type { AdminEvent } from '../events/admin-event.ts'
import type { EventOutbox, OutboxTrace, Timed } from '../events/event-outbox.ts'
import { KeptEvents } from '../events/kept-events.ts'
import type { LoginEvent } from '../events/login-event.ts'
import type { Realms } from '../realms/realms.ts'
import type { RealmId } from '../typed-ids.ts'
import type { Webhook } from './webhook.ts'
import { webhooksOf } from './webhook.ts'
import type { ListedMessage, WaitingMessage } from './webhook-message.ts'
import { WebhookMessageStore } from './webhook-message-store.ts'
import { adminPayload, adminType, loginPayload, loginType } from './webhook-payload.ts'

/** Messages of one realm that may wait; what comes then is dropped, and counted. */
export const waitingOfRealmMax = 10_000
/** Longer than one attempt can take: then the node that took it is gone. */
const leaseMs = 30_000
/** How long a message that was given up can still be sent again. */
const deadKeptMs = 14 * 24 * 60 * 60_000
/** Messages that one look takes of each realm. */
const ofRealmMax = 4

export interface WebhooksDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'byId' | 'knownById'>
  /** Told of messages that were dropped since too many of the realm wait. */
  readonly onDropped: (count: number) => void
  readonly onUnwritten: (error: unknown, waiting: number) => void
}

/**
 * Messages to the webhooks of realms. They are written in the transaction that they tell of, or, where nothing else is
 * written, before the answer leaves; and sent by whichever node gets to them, at least once.
 */
export class Webhooks implements EventOutbox {
  readonly #deps: WebhooksDeps
  readonly #store = new WebhookMessageStore()
  readonly #kept: KeptEvents
  #wake: () => void = () => undefined

  constructor(deps: WebhooksDeps) {
    this.#deps = deps
    this.#kept = new KeptEvents({ ...deps, write: (login) => this.#write(login) })
  }

  /** Tells the sender of this process of messages, once they are committed. */
  onAsked(wake: () => void): void {
    this.#wake = wake
  }

  mayWant(realmId: RealmId): boolean {
    const realm = this.#deps.realms.knownById(realmId)
    return realm === undefined || webhooksOf(realm).length > 0
  }

  keep(login: Timed<LoginEvent>): void {
    this.#kept.keep(login)
  }

  written(realmName: string): Promise<void> | undefined {
    return this.#kept.written(realmName)
  }

  async loginTrace(realmId: RealmId, type: string): Promise<OutboxTrace<Timed<LoginEvent>> | null> {
    const name = loginType(type)
    const wanting = await this.#wanting(realmId, name)
    if (wanting.length === 0) return null
    return async (tx, login) => {
      await this.#insert(tx, realmId, wanting, name, loginPayload(login))
      tx.onCommitted(() => this.#wake())
    }
  }

  async adminTrace(
    event: AdminEvent,
    withDetails: boolean,
  ): Promise<OutboxTrace<Timed<AdminEvent>> | null> {
    const { realmId } = event
    const name = adminType(event)
    const wanting = await this.#wanting(realmId, name)
    if (wanting.length === 0) return null
    return async (tx: Transaction, timed) => {
      await this.#insert(tx, realmId, wanting, name, adminPayload(timed, withDetails))
      tx.onCommitted(() => this.#wake())
    }
  }

  /** For the sender: takes messages that are due, for a while. */
  async claim(limit: number, busy: readonly string[]): Promise<WaitingMessage[]> {
    const { database } = this.#deps
    // Reads before it writes: most of the time nothing is due.
    if (!(await this.#store.anyDue(database))) return []
    return await this.#store.claim(database, { limit, ofRealmMax, leaseMs }, busy, newUuid())
  }

  /** For the sender: the message arrived, or nobody wants it any more. */
  async settle({ realmId, id }: WaitingMessage): Promise<void> {
    await this.#store.remove(this.#deps.database, realmId, id)
  }

  /** For the sender: another attempt follows. */
  async putOff({ id, attempts }: WaitingMessage, delayMs: number, error: string): Promise<void> {
    await this.#store.putOff(this.#deps.database, id, attempts, { delayMs, error })
  }

  /** For the sender: no attempt follows, unless somebody asks for it. */
  async bury({ id, attempts }: WaitingMessage, error: string): Promise<boolean> {
    return await this.#store.bury(this.#deps.database, id, attempts, error)
  }

  /** Oldest first. */
  async list(
    realmId: RealmId,
    state: ListedMessage['state'],
    page: { readonly first: number; readonly max: number },
  ): Promise<ListedMessage[]> {
    return await this.#store.list(this.#deps.database, realmId, state, page)
  }

  /** Sends what was given up again. @param id null for all of the realm @returns how many are sent */
  async revive(realmId: RealmId, id: string | null): Promise<number> {
    const revived = await this.#store.revive(this.#deps.database, realmId, id)
    if (revived > 0) this.#wake()
    return revived
  }

  /** @returns whether there was such a message */
  async remove(realmId: RealmId, id: string): Promise<boolean> {
    return await this.#store.remove(this.#deps.database, realmId, id)
  }

  /** Removes at most `rowsMax` messages that were given up long ago. @returns how many */
  async sweep(rowsMax: number): Promise<number> {
    return await this.#store.sweep(this.#deps.database, deadKeptMs, rowsMax)
  }

  /** Writes what could not be written; to be called while the database still answers. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept[Symbol.asyncDispose]()
  }

  async #wanting(realmId: RealmId, type: string): Promise<readonly Webhook[]> {
    const realm = await this.#deps.realms.byId(realmId)
    return realm === null ? [] : webhooksOf(realm).filter((webhook) => webhook.wants(type))
  }

  async #write(login: Timed<LoginEvent>): Promise<void> {
    const { realmId, type } = login.event
    const name = loginType(type)
    const wanting = await this.#wanting(realmId, name)
    if (wanting.length === 0) return
    await this.#insert(this.#deps.database, realmId, wanting, name, loginPayload(login))
    this.#wake()
  }

  async #insert(
    db: Queryable,
    realmId: RealmId,
    wanting: readonly Webhook[],
    type: string,
    payload: string,
  ): Promise<void> {
    const messages = wanting.map(({ id: webhookId }) => ({
      id: newUuid(),
      webhookId,
      type,
      payload,
    }))
    const written = await this.#store.insert(db, realmId, messages, waitingOfRealmMax)
    if (written < messages.length) this.#deps.onDropped(messages.length - written)
  }
}
