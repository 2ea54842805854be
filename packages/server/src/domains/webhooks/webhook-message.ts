import type { RealmId } from '../typed-ids.ts'

/** A message as its sender takes it. */
export interface WaitingMessage {
  readonly id: string
  readonly realmId: RealmId
  readonly webhookId: string
  readonly payload: string
  /** This attempt counted. */
  readonly attempts: number
}

/** A message as administrators see it. */
export interface ListedMessage {
  readonly id: string
  readonly webhookId: string
  readonly type: string
  readonly state: 'waiting' | 'dead'
  /** Milliseconds since the epoch, as all times here. */
  readonly createdAt: number
  readonly attempts: number
  readonly nextAttemptAt?: number
  readonly diedAt?: number
  /** Why the last attempt failed. */
  readonly lastError?: string
}
