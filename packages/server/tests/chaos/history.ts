/** What an administrator or a user took away. */
export type ChangeKind =
  | 'disable user'
  | 'disable client'
  | 'rotate secret'
  | 'remove session'
  | 'log out'

/** A change after which a credential must be refused; times are milliseconds of the run's monotonic clock. */
export interface Change {
  readonly kind: ChangeKind
  /** The credential: a session, or a client with its secret, valid once and never given back. */
  readonly subject: string
  readonly sentAt: number
  /** Null when no node said that it is done: then it may hold or not. */
  readonly acknowledgedAt: number | null
}

/** What came of bringing a credential to a node. `silent`: an answer of 5xx, or none. */
export type Outcome = 'granted' | 'refused' | 'silent'

/** One use of a credential at one node. */
export interface Attempt {
  readonly subject: string
  readonly node: string
  readonly sentAt: number
  readonly answeredAt: number
  readonly outcome: Outcome
  /** Status and error of a refusal, for the report. */
  readonly detail?: string
}

/** The moment from which a credential works: its issue was acknowledged. */
export interface Issue {
  readonly subject: string
  readonly sentAt: number
  readonly at: number
}

/** One redemption of an authorization code that was answered with tokens. */
export interface Redemption {
  readonly code: string
  readonly sentAt: number
  readonly at: number
}

/** A time in which a node could not reach the database, the mesh or both, or did not run. */
export interface CutOff {
  readonly node: string
  readonly from: number
  readonly until: number
}

/** Commits of this time are absent from the history that survived a promotion. */
export interface LostTail {
  readonly from: number
  readonly until: number
}

/** Everything that clients saw during one fault. */
export class History {
  readonly issues: Issue[] = []
  readonly changes: Change[] = []
  readonly attempts: Attempt[] = []
  readonly redemptions: Redemption[] = []
  readonly cutOffs: CutOff[] = []
  lostTail: LostTail | null = null
}
