import type { ClusterLog, Complaints, LogRow, Membership, Mesh } from '@holdfast/cluster'

/** How long the reply to a change waits until the reachable members have applied it. */
export const visibleWithinMs = 250

const pushKind = 'log.push'
const rowsMax = 64

export interface LogPushesDeps {
  readonly log: ClusterLog
  readonly mesh: Mesh
  readonly membership: Membership
  readonly complaints: Complaints
}

interface Push {
  readonly identity: string
  readonly rows: readonly LogRow[]
}

/**
 * Carries new entries of the invalidation log to the other members, and brings back how far each has got. A push that is
 * lost costs only time: every member polls the log itself.
 */
export class LogPushes {
  readonly #deps: LogPushesDeps
  #refused = 0

  constructor(deps: LogPushesDeps) {
    this.#deps = deps
    deps.log.onCommitted((rows, identity) => this.#push({ rows, identity }))
    deps.mesh.onRequest(pushKind, (body, from) => this.#receive(body, from))
  }

  /** Pushes that were malformed or of another history, since the start. */
  get refused(): number {
    return this.#refused
  }

  /** The other members that a change should reach before its reply. */
  reachableMembers(): string[] {
    const { membership, mesh } = this.#deps
    const others = membership.view().members.filter(({ id }) => id !== membership.self.id)
    return others.map(({ id }) => id).filter((id) => mesh.reachable(id))
  }

  #push(push: Push): void {
    for (const peer of this.reachableMembers()) void this.#pushTo(peer, push)
  }

  async #pushTo(peer: string, push: Push): Promise<void> {
    const { mesh, log } = this.#deps
    try {
      const answer = await mesh.request(peer, pushKind, push, visibleWithinMs)
      log.acknowledged(peer, positionsOf(answer))
    } catch {
      // Unreachable, late or refused: the peer's own poll brings it the entries.
    }
  }

  /** Applies what is next, polls for what is not, and answers with where this node then stands in those shards. */
  async #receive(body: unknown, from: string): Promise<[shard: number, v: number][]> {
    const { log } = this.#deps
    const push = parsePush(body)
    if (push === null) {
      this.#refuse(from, 'it is malformed')
      throw new Error('the push is malformed')
    }
    const { identity, rows } = push
    for (const row of rows) {
      if (this.#isOfAnotherHistory(row, identity))
        this.#refuse(from, 'its tag is of another history')
      log.applyPush(row, identity)
    }
    const behind = rows.some((row) => (log.position()[row.shard]?.v ?? -1) < row.v)
    if (behind) await log.pollNow()
    if (log.identity() !== identity) return []
    return rows.map(({ shard }) => [shard, log.position()[shard]?.v ?? -1])
  }

  /** It would be next, but follows something else than what this node has: the log itself decides who is right. */
  #isOfAnotherHistory(row: LogRow, identity: string): boolean {
    const { log } = this.#deps
    const cursor = log.position()[row.shard]
    const next = identity === log.identity() && row.v === (cursor?.v ?? -1) + 1
    return next && row.prevTag !== cursor?.tag
  }

  #refuse(from: string, reason: string): void {
    this.#refused += 1
    const fields = { from, reason }
    this.#deps.complaints.warn(`push ${reason}`, fields, `Refused a cluster push: ${reason}`)
  }
}

function positionsOf(answer: unknown): { shard: number; v: number }[] {
  const pairs = Array.isArray(answer) ? (answer as unknown[]) : []
  return pairs.flatMap((pair) => {
    const [shard, v] = Array.isArray(pair) ? (pair as unknown[]) : []
    return typeof shard === 'number' && typeof v === 'number' ? [{ shard, v }] : []
  })
}

/** @returns null when a peer sends something else: the request is then refused */
function parsePush(body: unknown): Push | null {
  const { identity, rows } = (body ?? {}) as { identity?: unknown; rows?: unknown }
  const well =
    typeof identity === 'string' &&
    Array.isArray(rows) &&
    rows.length <= rowsMax &&
    rows.every(isRow)
  return well ? { identity, rows: rows as LogRow[] } : null
}

function isRow(value: unknown): boolean {
  const { shard, v, prevTag, tag, fmt, events } = (value ?? {}) as Partial<LogRow>
  const numbers = [shard, v, prevTag, tag, fmt].every((each) => Number.isSafeInteger(each))
  return numbers && typeof events === 'string'
}
