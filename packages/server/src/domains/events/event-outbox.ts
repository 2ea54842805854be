import type { Transaction } from '../../database/database.ts'
import type { RealmId } from '../typed-ids.ts'
import type { AdminEvent } from './admin-event.ts'
import type { LoginEvent } from './login-event.ts'

/** An event that has its id and time. */
export interface Timed<T> {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly event: T
}

/** Writes an event in the transaction of what it tells. */
export type OutboxTrace<T> = (tx: Transaction, event: T) => Promise<void>

/** Where events wait for those who are to be told of them over HTTP. */
export interface EventOutbox {
  /** False where it is known, without asking anybody, that a realm has nobody to be told. */
  mayWant(realmId: RealmId): boolean
  /** Writes it in a transaction of its own, soon; the answers of the realm wait for it. Never throws. */
  keep(login: Timed<LoginEvent>): void
  /** @returns what an answer of a realm waits for, until its events are written; undefined for nothing */
  written(realmName: string): Promise<void> | undefined
  /** @returns what writes login events of this type; null when nobody of the realm wants them */
  loginTrace(realmId: RealmId, type: string): Promise<OutboxTrace<Timed<LoginEvent>> | null>
  /**
   * @param withDetails whether the realm shows what was sent
   * @returns what writes this event; null when nobody of its realm wants it
   */
  adminTrace(
    event: AdminEvent,
    withDetails: boolean,
  ): Promise<OutboxTrace<Timed<AdminEvent>> | null>
}
