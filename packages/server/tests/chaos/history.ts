/** What a commit leaves behind in the database, by which anybody can tell whether it is there. */
export type Trace =
  | { readonly kind: 'session exists' | 'session gone'; readonly sessionId: string }
  | { readonly kind: 'user disabled'; readonly username: string }
  | { readonly kind: 'client disabled'; readonly clientId: string }
  | { readonly kind: 'secret replaced'; readonly clientId: string; readonly former: string }
  | { readonly kind: 'code consumed'; readonly code: string }

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
  acknowledgedAt: number | null
  readonly trace: Trace
  /** When the next round was asked to have its person or client back; nobody uses the credential any more then. */
  restoredAt: number | null
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
  /** HTTP status; null without an answer. */
  readonly status: number | null
  /** Error of a refusal, for the report. */
  readonly detail?: string
}

/** The moment from which a credential works: its issue was acknowledged. */
export interface Issue {
  readonly subject: string
  readonly sentAt: number
  readonly at: number
  readonly trace: Trace
}

/** One redemption of an authorization code that was answered with tokens. */
export interface Redemption {
  readonly code: string
  readonly sentAt: number
  readonly at: number
  readonly trace: Trace
}

/** A time in which a node could not reach the database, the mesh or both, or did not run. */
export interface CutOff {
  readonly node: string
  readonly from: number
  readonly until: number
  /** Whether the node runs without a database: then it must say that it cannot tell (503). */
  readonly answers: boolean
}

/** A standby took over, and lacks what the primary had not sent it. */
export interface Promotion {
  /** When the primary ended: until then everything that it acknowledged holds. */
  readonly at: number
  /** What the former primary has and the surviving database has not, found by looking it up in both. */
  readonly lost: ReadonlySet<Trace>
  /** What was acknowledged and is not even in the former primary. */
  readonly neverThere: readonly Trace[]
}

/** Everything that clients saw during one fault. */
export class History {
  readonly issues: Issue[] = []
  readonly changes: Change[] = []
  readonly attempts: Attempt[] = []
  readonly redemptions: Redemption[] = []
  readonly cutOffs: CutOff[] = []
  promotion: Promotion | null = null
}
