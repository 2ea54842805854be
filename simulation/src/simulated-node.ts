import {
  Caches,
  type CoherentCache,
  hasApplied,
  type InvalidationEvent,
  type LogRow,
  type LogState,
  leaseValid,
  type MembershipState,
  type Moment,
  momentOf,
  type NodeProfile,
  newLog,
  newMembership,
  OwnerCore,
  type PollAnswer,
  type RiderAnswer,
  riderFor,
  stepLog,
  stepMembership,
  type View,
} from '@holdfast/cluster'
import { answerPoll } from './answer-poll.ts'
import type { DatabaseServer } from './database-server.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { evictMember, joinView } from './view-changes.ts'
import type { World } from './world.ts'

/** A cached record: which write made it, and which made the group that it shows. */
export interface RecordValue {
  readonly own: number
  readonly group: number
}

/** An owner's copy of a session. */
export interface SessionCopy {
  readonly write: number
  /** Its last use: announced to nobody. */
  readonly touched: number
}

/** How many connections a node has; the first one polls. */
const connections = 4
const pollMs = 100
const calmPollMs = 500
const maxStalenessMs = 5000
const deadlineMs = 2000
const ownersPerSession = 2
const copiesMax = 8

/**
 * One server process: the real state machines of the log, the caches and membership, with a shell that talks to the
 * simulated network instead of sockets.
 */
export class SimulatedNode {
  readonly world: World
  readonly name: string
  readonly clock: SimulatedClock
  readonly records: CoherentCache<RecordValue, never>
  readonly owners: OwnerCore<SessionCopy | null>
  readonly caches: Caches<never>
  /** Where each connection leads. */
  readonly routes: DatabaseServer[]
  log: LogState = newLog()
  membership: MembershipState
  /** World time and server of the last successful poll, for the checkers. */
  seen: { readonly at: number; readonly server: DatabaseServer } | undefined
  paused = false
  crashed = false
  leaving = false
  /** The format of the log entries it writes: 2 after an upgrade that others have not had. */
  format = 1
  #inbox: (() => void)[] = []
  #pollNumber = 0
  #polling = false
  #pollAgain = false
  #joining = false
  /** The mistake of the control `evicted-node-clings-to-membership`. */
  #clings = false
  #onEvents: (shard: number, events: readonly InvalidationEvent[]) => void = () => undefined
  #onFlush: (why: string) => void = () => undefined

  constructor(world: World) {
    this.world = world
    this.name = world.nextNodeName()
    const { dice } = world
    this.clock = new SimulatedClock(
      world.scheduler,
      dice.between(0.97, 1.03),
      dice.between(-3e5, 3e5),
    )
    this.routes = Array.from({ length: connections }, () => world.primary)
    this.membership = newMembership('sim')
    this.caches = new Caches<never>({
      log: {
        fresh: () => this.fresh(),
        identity: () => this.log.identity,
        answers: () => true,
        pollNow: () => Promise.resolve(false),
        onEvents: (handler) => {
          this.#onEvents = handler
        },
        onFlush: (handler) => {
          this.#onFlush = handler
        },
      },
      clock: this.clock,
      read: () => Promise.reject(new Error('the simulator drives loads itself')),
      protocol: world.behaviour.protocol,
      floorsMax: 64,
    })
    this.records = this.caches.of<RecordValue>('realms')
    this.owners = this.#composeOwners()
    this.#poll()
  }

  #composeOwners(): OwnerCore<SessionCopy | null> {
    return new OwnerCore({
      name: 'sessions',
      copies: ownersPerSession,
      maxCount: copiesMax,
      shardKeyOf: (session) => session,
      guard: this.caches.guard,
      protocol: this.world.behaviour.protocol,
      place: {
        self: () => this.name,
        view: () => this.membership.view,
        leaseValid: () => this.leaseValid(),
        fresh: () => this.fresh(),
        identity: () => this.log.identity,
        position: () => this.log.cursors,
        reachable: (id) => this.world.network.reaches(this.name, id),
        now: () => this.clock.monotonic(),
      },
    })
  }

  get profile(): NodeProfile {
    const nowhere = { addr: null, extAddr: null, site: null, rack: null, machine: null }
    return { ...nowhere, id: this.name, name: this.name, version: '1', protoMin: 1, protoMax: 1 }
  }

  get up(): boolean {
    return !this.crashed && !this.paused
  }

  moment(): Moment {
    return momentOf(this.clock)
  }

  fresh(): boolean {
    const { seenUpTo } = this.log
    if (seenUpTo === undefined) return false
    return this.world.behaviour.protocol.elapsed(seenUpTo, this.moment()) < maxStalenessMs
  }

  leaseValid(): boolean {
    return leaseValid(this.membership, this.moment(), this.world.behaviour.protocol)
  }

  /** Runs when this node next runs at all. */
  deliver(run: () => void): void {
    if (this.crashed) return
    if (this.paused) this.#inbox.push(run)
    else run()
  }

  /** A timer by this node's own clock. */
  after(ms: number, run: () => void): void {
    this.world.scheduler.after(ms / this.clock.rate, () => this.deliver(run))
  }

  resume(): void {
    this.paused = false
    const waiting = this.#inbox
    this.#inbox = []
    for (const run of waiting) this.deliver(run)
  }

  crash(): void {
    this.crashed = true
    this.#inbox = []
    for (const { server } of this.world.rules) {
      this.world.scheduler.after(50, () => server.endAll(this.name))
    }
  }

  /**
   * Sends something to the database on one of the connections.
   * @param done called once: with the answer, or with undefined when none came within 2 s
   */
  ask<T>(
    connection: number,
    onServer: (server: DatabaseServer, respond: (answer: T) => void) => void,
    done: (answer: T | undefined, server: DatabaseServer) => void,
  ): void {
    const { network, alternating, dice } = this.world
    const server = alternating
      ? dice.pick(alternating)
      : (this.routes[connection] as DatabaseServer)
    let settled = false
    const settle = (answer: T | undefined) => {
      if (settled) return
      settled = true
      done(answer, server)
    }
    network.toDatabase(this.name, () => {
      if (!server.alive && server.refuses) {
        network.toDatabase(this.name, () => this.deliver(() => settle(undefined)))
        return
      }
      if (!server.alive || this.crashed) return
      onServer(server, (answer) => {
        if (!server.alive) return
        network.toDatabase(this.name, () => this.deliver(() => settle(answer)))
      })
    })
    this.after(deadlineMs, () => settle(undefined))
  }

  /** Polls soon, once more after the poll under way. */
  pollNow(): void {
    if (this.#polling) this.#pollAgain = true
    else this.#poll()
  }

  /** An entry from a peer or from this node's own commit. */
  takePush(row: LogRow, identity: string): void {
    const { state, outputs } = stepLog(
      this.log,
      { type: 'pushed', row, identity },
      this.world.behaviour.protocol,
    )
    this.log = state
    this.#perform(outputs)
  }

  hasApplied(row: LogRow, identity: string): boolean {
    return hasApplied(this.log, row, identity, this.world.behaviour.protocol)
  }

  /** Applies its own changes at once, wherever its cursors stand. */
  appliedLocally(events: readonly InvalidationEvent[]): void {
    this.#tell(0, events)
  }

  flush(why: string): void {
    this.world.note(this.name, () => `forgets everything: ${why}`)
    this.#onFlush(why)
    this.owners.clear()
  }

  /** The caches hear first: their fill guard is the owners' too. */
  #tell(shard: number, events: readonly InvalidationEvent[]): void {
    this.#onEvents(shard, events)
    this.owners.drop(events)
  }

  #poll(): void {
    this.#polling = true
    this.#pollAgain = false
    const number = ++this.#pollNumber
    const startedAt = this.moment()
    const worldAt = this.world.now
    const poll = { cursors: this.log.cursors, startedAt }
    const rider = riderFor(this.membership, startedAt, true)
    this.ask<PollAnswer & { rider: RiderAnswer | undefined }>(
      0,
      (server, respond) => answerPoll(this.world, server, poll.cursors, rider, respond),
      (answer, server) => {
        if (number !== this.#pollNumber) return
        this.#polling = false
        if (answer === undefined) this.#connectAgain()
        else {
          const step = stepLog(
            this.log,
            { type: 'answered', poll, answer },
            this.world.behaviour.protocol,
          )
          this.log = step.state
          this.#perform(step.outputs)
          this.seen = { at: worldAt, server }
          if (answer.rider) this.#member(answer.rider, answer.identity, startedAt)
          else this.#join()
        }
        this.after(this.#pollAgain ? 1 : this.#pollPause(), () => {
          if (!this.#polling && number === this.#pollNumber) this.#poll()
        })
      },
    )
  }

  #pollPause(): number {
    const { members } = this.membership.view
    const calm = members.every((member) => this.world.network.reaches(this.name, member.id))
    return calm && members.length > 0 ? calmPollMs : pollMs
  }

  /** A connection that does not answer is closed; the next one leads to the present primary. */
  #connectAgain(): void {
    this.routes.fill(this.world.primary)
  }

  #perform(outputs: ReturnType<typeof stepLog>['outputs']): void {
    for (const output of outputs) {
      if (output.type === 'event') this.#tell(output.shard, [output.event])
      else if (output.type === 'flush') this.flush(output.why)
      else if (output.type === 'poll-now') this.pollNow()
    }
  }

  #join(): void {
    if (this.#joining || this.leaving || this.#isMember()) return
    const sentAt = this.moment()
    this.#joining = true
    joinView(this, (joined, identity) => {
      this.#joining = false
      if (joined === undefined || this.#isMember()) return
      const step = stepMembership(this.membership, { type: 'joined', ...joined, identity, sentAt })
      this.membership = step.state
      this.world.note(this.name, () => `joins view ${joined.view.id}`)
      this.viewChanged(joined.view)
    })
  }

  #isMember(): boolean {
    return this.membership.self !== undefined && !this.#clings
  }

  #member(answer: RiderAnswer, identity: string, sentAt: Moment): void {
    const now = this.moment()
    const step = stepMembership(this.membership, {
      type: 'answered',
      answer,
      identity,
      sentAt,
      now,
    })
    const isOut = step.outputs.some((output) => output.type === 'rejoin')
    this.#clings = isOut && this.world.behaviour.clingsToMembership
    if (this.#clings) this.#join()
    else this.membership = step.state
    for (const output of step.outputs) {
      if (output.type === 'rejoin') {
        this.flush(`it is out: ${output.why}`)
      } else if (output.type === 'evict' && this.leaseValid()) evictMember(this, output.beat)
      else if (output.type === 'view') this.viewChanged(output.view)
    }
  }

  /** Replaced by the owner cache: hands copies to their new owners. */
  viewChanged: (view: View) => void = () => undefined
}
