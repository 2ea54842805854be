import type { Behaviour } from './behaviour.ts'
import { type Change, DatabaseServer, type DatabaseServerDeps } from './database-server.ts'
import { Dice } from './dice.ts'
import { Network } from './network.ts'
import { Scheduler } from './scheduler.ts'
import type { SimulatedNode } from './simulated-node.ts'
import { Violation } from './violation.ts'

/** A time in which one database server was the truth. */
interface Rule {
  readonly server: DatabaseServer
  readonly from: number
  to: number
}

/** A write whose client was told that it is done. */
interface Acknowledged {
  readonly key: string
  readonly identity: string
  readonly at: number
  /** Of a touch: when; writes of other records count. */
  readonly touched: number | undefined
}

/** How long a transaction whose client has frozen may hold a row that others want, in ms: 500, as the product asks. */
const idleBlockMaxMs = 600

/** After a failover some connections may go on reading from the former primary; this long it can matter, in ms. */
const aftermathMs = 10_000

/** Everything of one run: time, chance, network, database, nodes, and what the checkers have to remember. */
export class World {
  readonly scheduler = new Scheduler()
  readonly dice: Dice
  readonly network: Network
  readonly behaviour: Behaviour
  readonly nodes: SimulatedNode[] = []
  readonly rules: Rule[] = []
  /** Two servers that a broken pooler leads to in turn. */
  alternating: readonly DatabaseServer[] | undefined
  /** Incarnations that were evicted, as `id#incarnation`. */
  readonly evicted = new Set<string>()
  /** When each session's logout was acknowledged. */
  readonly loggedOut = new Map<string, number>()
  /** Who got each single-use object. */
  readonly consumed = new Map<string, string>()
  readonly sessions: string[] = []
  /** A request that waited while its node was frozen. */
  onWoken: (node: SimulatedNode) => void = () => undefined
  /** While set, administrators change nothing. */
  writesPaused = false
  /** What each failover has kept of which server. */
  readonly #kept: { readonly identity: string; readonly upTo: number }[] = []
  readonly #acknowledged: Acknowledged[] = []
  #failoverAt = Number.NEGATIVE_INFINITY
  readonly #revived = new Set<string>()
  #servers = 0
  #writes = 0
  #nodes = 0
  readonly #trace: ((line: string) => void) | undefined

  constructor(seed: number, behaviour: Behaviour, trace?: (line: string) => void) {
    this.dice = new Dice(seed)
    this.network = new Network(this.scheduler, this.dice)
    this.behaviour = behaviour
    this.#trace = trace
    const first = new DatabaseServer(this.serverDeps())
    this.rules.push({ server: first, from: 0, to: Number.POSITIVE_INFINITY })
    const initial: Change[] = [['view', { id: 0, tag: 0, members: [] }]]
    first.apply(initial, 0)
  }

  get now(): number {
    return this.scheduler.now
  }

  /** The server whose history counts. */
  get primary(): DatabaseServer {
    return (this.rules.at(-1) as Rule).server
  }

  /** Whether a former primary may still answer somebody. */
  get inAftermath(): boolean {
    return this.now - this.#failoverAt < aftermathMs || this.alternating !== undefined
  }

  nextWrite(): number {
    return ++this.#writes
  }

  nextNodeName(): string {
    return `node${++this.#nodes}`
  }

  note(who: string, text: () => string): void {
    if (this.#trace === undefined) return
    this.#trace(`${(this.now / 1000).toFixed(3).padStart(8)}s  ${who.padEnd(9)} ${text()}`)
  }

  serverDeps(): DatabaseServerDeps {
    return {
      scheduler: this.scheduler,
      identity: `db${++this.#servers}`,
      idleTimeoutMs: this.behaviour.idleTimeoutMs,
      onBlockedByIdle: (key, ms) => {
        if (ms > idleBlockMaxMs)
          this.fail(`a client that says nothing blocked ${key} for ${ms.toFixed(0)} ms`)
      },
      onView: (before, after) => {
        if (after !== before + 1) this.fail(`view ${before} is followed by ${after}`)
      },
      onDeadlock: (key) => this.fail(`writers wait for each other in a circle at ${key}`),
    }
  }

  /** A standby that lags by `lagMs` becomes the primary; what it had not received is lost. */
  failOver(lagMs: number): { readonly former: DatabaseServer; readonly next: DatabaseServer } {
    const former = this.primary
    const next = DatabaseServer.promoted(former, this.now - lagMs, this.serverDeps())
    former.writable = false
    former.endAll()
    for (const rule of this.rules) rule.to = Math.min(rule.to, this.now)
    this.rules.push({ server: next, from: this.now, to: Number.POSITIVE_INFINITY })
    this.#failoverAt = this.now
    this.#kept.push({ identity: former.identity, upTo: this.now - lagMs })
    this.#forgetLost(former, next)
    this.note(
      'database',
      () => `${former.identity} fails over to ${next.identity}, which lags ${lagMs.toFixed(0)} ms`,
    )
    return { former, next }
  }

  /** A commit that the surviving history does not have promises nothing any more (docs: use a synchronous standby). */
  #forgetLost(former: DatabaseServer, next: DatabaseServer): void {
    // An answer of any server before may still be under way: after two failovers in a row, of the first one too.
    const earlier = new Set(this.rules.map(({ server }) => server))
    earlier.delete(next)
    for (const server of earlier) {
      for (const key of next.keys()) {
        if (server.row(key) === undefined) this.#revived.add(`${server.identity} ${key}`)
      }
    }
    for (const code of [...this.consumed.keys()]) {
      if (this.isLost(former, `c/${code}`)) this.consumed.delete(code)
    }
    for (const gone of [...this.evicted]) {
      if (next.row(`m/${gone.split('#')[0]}`) !== undefined) this.evicted.delete(gone)
    }
    for (const session of [...this.loggedOut.keys()]) {
      if (next.row(session) !== undefined) this.loggedOut.delete(session)
    }
  }

  /** A client was told that its write is done. @param touched for a row that keeps the latest of these */
  acknowledged(
    key: string,
    commit: { readonly identity: string; readonly at: number },
    touched?: number,
  ): void {
    this.#acknowledged.push({ key, identity: commit.identity, at: commit.at, touched })
  }

  /** No update is lost: every acknowledged write that no failover has lost is in the row. */
  checkNothingLost(): void {
    const counts = new Map<string, number>()
    for (const write of this.#acknowledged) {
      if (!this.#survives(write)) continue
      if (write.touched === undefined) counts.set(write.key, (counts.get(write.key) ?? 0) + 1)
      else {
        const row = this.primary.row<{ touched: number }>(write.key)
        if (row !== undefined && row.touched < write.touched) {
          this.fail(`an update is lost: ${write.key} does not know of touch ${write.touched}`)
        }
      }
    }
    for (const [key, count] of counts) {
      const known = this.primary.row<{ count: number }>(key)?.count ?? 0
      if (known < count) {
        this.fail(`an update is lost: ${count} writes of ${key}, but it has seen ${known}`)
      }
    }
  }

  #survives({ identity, at }: Acknowledged): boolean {
    const first = this.#kept.findIndex((kept) => kept.identity === identity)
    return first < 0 || this.#kept.slice(first).every(({ upTo }) => at <= upTo)
  }

  /** A member's row is gone for good: it was evicted, or has left. */
  memberGone(id: string, incarnation: number): void {
    if (this.primary.row(`m/${id}`) === undefined) this.evicted.add(`${id}#${incarnation}`)
  }

  /** Whether a failover has brought back a row that was deleted on this server. */
  isLost(server: DatabaseServer, key: string): boolean {
    return this.#revived.has(`${server.identity} ${key}`)
  }

  /** Whether these values were the truth together at some moment since `since`, whoever was primary then. */
  wasTrue(values: readonly (readonly [string, number])[], since: number): boolean {
    return this.rules.some(
      (rule) =>
        rule.to >= since &&
        rule.server.history.current(
          values,
          Math.max(since, rule.from),
          Math.min(rule.to, this.now),
        ),
    )
  }

  fail(what: string): never {
    this.note('checker', () => what)
    throw new Violation(`at ${(this.now / 1000).toFixed(3)} s: ${what}`)
  }
}
