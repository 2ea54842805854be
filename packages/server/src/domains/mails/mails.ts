import { createHash } from 'node:crypto'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { SecretBox } from '../../database/secret-box.ts'
import { newUuid } from '../../shared/random.ts'
import type { Realm } from '../realms/realm.ts'
import type { RealmId, UserId } from '../typed-ids.ts'
import type { MailContent, MailEvent, WaitingMail } from './mail-content.ts'
import { MailStore, type WaitingMails } from './mail-store.ts'

const minuteMs = 60_000
/** Mails that strangers may cause for one user, or to one address, within the window. */
const strangersMailsMax = 6
const strangersWindowMs = 15 * minuteMs
/** How long a mail is tried; what somebody waits for in front of a page is worth nothing later. */
const keptMsDefault = 24 * 60 * minuteMs
/** Beyond this nobody counts the mails that wait: there are too many in any case. */
const waitingCountedMax = 10_000
/** How long a mail that is done stays in the table, empty. */
const emptyKeptMs = 24 * 60 * minuteMs
/** Longer than one attempt can take: then the node that took it is gone. */
const leaseMs = 30_000

export interface MailsDeps {
  readonly database: Database
  readonly secretBox: SecretBox
  /** Whether a realm's mails can be sent at all: it has a mail server, or the development mailbox takes them. */
  readonly canSend: (realm: Realm) => boolean
}

export interface MailOptions {
  /** Recorded when the mail comes to nothing. */
  readonly event?: MailEvent
  readonly keptMs?: number
}

/**
 * Mails that wait to be sent. They are written in the transaction that causes them, and sent by whichever node gets to
 * them: a mail that was asked for is lost with no node.
 */
export class Mails {
  readonly #deps: MailsDeps
  readonly #store: MailStore
  #wake: () => void = () => undefined

  constructor(deps: MailsDeps) {
    this.#deps = deps
    this.#store = new MailStore(deps.secretBox)
  }

  /** Seals those that wait under the current encryption key, where they are not. */
  async reseal(): Promise<void> {
    await this.#store.reseal(this.#deps.database)
  }

  /** Whether a realm's mails can be sent at all. */
  canSend(realm: Realm): boolean {
    return this.#deps.canSend(realm)
  }

  /** Tells the sender of this process of mails, once they are committed. */
  onAsked(wake: () => void): void {
    this.#wake = wake
  }

  /** Has a mail sent, if the transaction commits. @returns the mail's id */
  async ask(
    tx: Transaction,
    realm: Pick<Realm, 'id'>,
    content: MailContent,
    options: MailOptions = {},
  ): Promise<string> {
    const id = newUuid()
    const { event = null, keptMs = keptMsDefault } = options
    await this.#store.insert(tx, { id, realmId: realm.id, content, event, keptMs })
    tx.onCommitted(() => this.#wake())
    return id
  }

  /**
   * As `ask`, in a transaction of its own.
   * @param write what else is written with it. @returns what the mail says
   */
  async askWith(
    realm: Pick<Realm, 'id'>,
    write: (tx: Transaction) => Promise<MailContent>,
    options: MailOptions = {},
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.ask(tx, realm, await write(tx), options)
    })
  }

  /**
   * As `ask`, for a mail that somebody can cause who has proved nothing: counted by user and by address.
   * @param recipient who would get it; what was typed, where nobody is known by that
   * @returns false when there have been too many: then nothing is sent
   */
  async askForStranger(
    tx: Transaction,
    realm: Pick<Realm, 'id'>,
    content: MailContent,
    recipient: { readonly userId: UserId; readonly address: string },
    options: MailOptions = {},
  ): Promise<boolean> {
    const within = await this.#allowed(tx, realm, recipient)
    await this.ask(tx, realm, within ? content : { kind: 'none' }, options)
    return within
  }

  /** For the sender: takes mails that are due, for a while. */
  async claim(limit: number, busy: readonly string[]): Promise<WaitingMail[]> {
    const { database } = this.#deps
    // Reads before it writes: most of the time nothing is due.
    if (!(await this.#store.anyDue(database))) return []
    return await this.#store.claim(database, limit, leaseMs, busy)
  }

  /** For the sender: the mail is sent, or comes to nothing. @returns whether nobody else said so before */
  async settle({ id }: WaitingMail): Promise<boolean> {
    return await this.#store.empty(this.#deps.database, id)
  }

  /** For the sender: another attempt follows. */
  async putOff({ id, attempts }: WaitingMail, delayMs: number): Promise<void> {
    await this.#store.putOff(this.#deps.database, id, attempts, delayMs)
  }

  /** @returns what waits, counted up to a bound */
  async waiting(): Promise<WaitingMails> {
    return await this.#store.waiting(this.#deps.database, waitingCountedMax)
  }

  /** Removes at most `rowsMax` mails and as many allowances that are over. @returns the larger number that went */
  async sweep(rowsMax: number): Promise<number> {
    return await this.#store.sweep(this.#deps.database, emptyKeptMs, rowsMax)
  }

  async #allowed(
    db: Queryable,
    realm: Pick<Realm, 'id'>,
    { userId, address }: { readonly userId: UserId; readonly address: string },
  ): Promise<boolean> {
    const take = (id: string) =>
      this.#store.take(db, allowanceId(realm.id, id), strangersMailsMax, strangersWindowMs)
    const ofUser = await take(`user ${userId}`)
    const ofAddress = await take(`address ${address.toLowerCase()}`)
    return ofUser && ofAddress
  }
}

/** Allowances outlive the mails that they count: they name nobody. */
function allowanceId(realmId: RealmId, of: string): string {
  return createHash('sha256').update(`${realmId} ${of}`).digest('base64url')
}
