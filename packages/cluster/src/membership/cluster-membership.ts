import { type ClusterClock, longestElapsed, type Moment, momentOf } from '../clock/cluster-clock.ts'
import type { ClusterLog, Rider } from '../log/cluster-log.ts'
import type { PollRider, RiderAnswer } from '../log/log-store.ts'
import type { SqlDatabase } from '../log/sql-connection.ts'
import {
  leaseValid,
  type MembershipInput,
  membershipTimes,
  newMembership,
  riderFor,
  stepMembership,
} from './membership-core.ts'
import { IncompatibleMember, MembershipStore } from './membership-store.ts'
import type { Membership, Node, NodeBeat, NodeProfile, View } from './view.ts'

/** What a ClusterMembership is made of. */
export interface ClusterMembershipDeps {
  readonly log: ClusterLog
  readonly database: SqlDatabase
  readonly clock: ClusterClock
  readonly cluster: string
  readonly profile: NodeProfile
  readonly random?: () => number
  /** False while the event loop is found to stall: the heartbeat is held back. */
  readonly healthy?: () => boolean
  /** Called with what went wrong with a join, a leave or an eviction; the attempt is repeated. */
  readonly onFailure?: (what: string, error: unknown) => void
}

const joinRetryMs = 1000

/**
 * This node's place in the cluster. States: *out* (not joined, or evicted and joining again) and *in*; while in, it acts
 * as a member only as long as `leaseValid()`.
 */
export class ClusterMembership implements Membership, Rider {
  readonly #deps: ClusterMembershipDeps
  readonly #store: MembershipStore
  readonly #viewHandlers: ((view: View, why: string) => void)[] = []
  readonly #evictedHandlers: ((why: string) => void)[] = []
  readonly #counts = { views: 0, evicted: 0, evictions: 0 }
  #state
  #last: Node
  #closing = false
  #joining: Promise<void> | undefined
  #retry: NodeJS.Timeout | undefined

  constructor(deps: ClusterMembershipDeps) {
    this.#deps = deps
    this.#state = newMembership(deps.cluster)
    this.#last = { ...deps.profile, incarnation: 0, ord: 0 }
    this.#store = new MembershipStore({
      database: deps.database,
      cluster: deps.cluster,
      random: deps.random ?? Math.random,
      identitySql: () => deps.log.identitySql() ?? `''`,
    })
  }

  /**
   * Joins, and joins again whenever it has been evicted. A database that cannot be reached is asked again every second.
   * @throws IncompatibleMember on the first attempt
   */
  async start(): Promise<void> {
    this.#deps.log.ride(this)
    await this.#join(true)
  }

  get self(): Node {
    return this.#last
  }

  view(): View {
    return this.#state.view
  }

  /** Whether it is in, whatever the lease. */
  joined(): boolean {
    return this.#state.self !== undefined
  }

  onView(handler: (view: View, why: string) => void): void {
    this.#viewHandlers.push(handler)
  }

  /** Called when the cluster has gone on without this node: it gives up what it owned. */
  onEvicted(handler: (why: string) => void): void {
    this.#evictedHandlers.push(handler)
  }

  leaseValid(): boolean {
    return leaseValid(this.#state, momentOf(this.#deps.clock))
  }

  /** How long the lease still holds, in ms; negative when it has ended, -Infinity while out. */
  leaseMarginMs(): number {
    const { self, beatSentAt } = this.#state
    if (self === undefined || beatSentAt === undefined) return Number.NEGATIVE_INFINITY
    return membershipTimes.leaseMs - longestElapsed(beatSentAt, momentOf(this.#deps.clock))
  }

  async leave(): Promise<void> {
    this.#closing = true
    clearTimeout(this.#retry)
    await this.#joining
    const { self } = this.#state
    this.#step({ type: 'left' })
    if (self === undefined) return
    try {
      await this.#store.leave(self)
    } catch (error) {
      this.#deps.onFailure?.('leaving the cluster view', error)
    }
  }

  /** Counters since the start, for metrics. */
  statistics() {
    return { ...this.#counts }
  }

  request(now: Moment): PollRider | undefined {
    return riderFor(this.#state, now, this.#deps.healthy?.() ?? true)
  }

  answered(answer: RiderAnswer, identity: string, sentAt: Moment): void {
    this.#step({ type: 'answered', answer, identity, sentAt, now: momentOf(this.#deps.clock) })
  }

  #step(input: MembershipInput): void {
    const { state, outputs } = stepMembership(this.#state, input)
    this.#state = state
    if (state.self) this.#last = state.self
    for (const output of outputs) {
      if (output.type === 'view') this.#announce(output.view, output.why)
      else if (output.type === 'evict') void this.#evict(output.beat)
      else this.#rejoin(output.why)
    }
  }

  #announce(view: View, why: string): void {
    this.#counts.views++
    for (const handler of this.#viewHandlers) handler(view, why)
  }

  #rejoin(why: string): void {
    this.#counts.evicted++
    this.#deps.log.flush('evicted')
    for (const handler of this.#evictedHandlers) handler(why)
    void this.#join(false)
  }

  async #evict(beat: NodeBeat): Promise<void> {
    if (!this.leaseValid()) return
    try {
      if (!(await this.#store.evict(beat))) return
      this.#counts.evictions++
      await this.#deps.log.pollNow()
    } catch (error) {
      this.#deps.onFailure?.('evicting a member that does not answer', error)
    }
  }

  async #join(first: boolean): Promise<void> {
    if (this.#closing || this.#joining !== undefined) return
    this.#joining = this.#attempt(first).finally(() => {
      this.#joining = undefined
    })
    await this.#joining
  }

  async #attempt(first: boolean): Promise<void> {
    const sentAt = momentOf(this.#deps.clock)
    try {
      const joined = await this.#store.join(this.#deps.profile)
      this.#step({ type: 'joined', ...joined, sentAt })
    } catch (error) {
      if (first && error instanceof IncompatibleMember) throw error
      this.#deps.onFailure?.('joining the cluster view', error)
      if (!this.#closing) this.#retry = setTimeout(() => void this.#join(false), joinRetryMs)
    }
  }
}
