import type { ClusterLog, LogRow, Membership, Mesh } from '@holdfast/cluster'

/** How long the reply to a change waits until the reachable members have applied it. */
export const visibleWithinMs = 250

const pushKind = 'log.push'
const rowsMax = 64

export interface LogPushesDeps {
  readonly log: ClusterLog
  readonly mesh: Mesh
  readonly membership: Membership
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

  constructor(deps: LogPushesDeps) {
    this.#deps = deps
    deps.log.onCommitted((rows, identity) => this.#push({ rows, identity }))
    deps.mesh.onRequest(pushKind, (body) => this.#receive(body))
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
  async #receive(body: unknown): Promise<[shard: number, v: number][]> {
    const { log } = this.#deps
    const { identity, rows } = parsePush(body)
    for (const row of rows) log.applyPush(row, identity)
    const behind = rows.some((row) => (log.position()[row.shard]?.v ?? -1) < row.v)
    if (behind) await log.pollNow()
    if (log.identity() !== identity) return []
    return rows.map(({ shard }) => [shard, log.position()[shard]?.v ?? -1])
  }
}

function positionsOf(answer: unknown): { shard: number; v: number }[] {
  const pairs = Array.isArray(answer) ? (answer as unknown[]) : []
  return pairs.flatMap((pair) => {
    const [shard, v] = Array.isArray(pair) ? (pair as unknown[]) : []
    return typeof shard === 'number' && typeof v === 'number' ? [{ shard, v }] : []
  })
}

/** @throws when a peer sends something else: the request is then refused */
function parsePush(body: unknown): Push {
  const { identity, rows } = (body ?? {}) as { identity?: unknown; rows?: unknown }
  const well =
    typeof identity === 'string' &&
    Array.isArray(rows) &&
    rows.length <= rowsMax &&
    rows.every(isRow)
  if (!well) throw new Error('the push is malformed')
  return { identity, rows: rows as LogRow[] }
}

function isRow(value: unknown): boolean {
  const { shard, v, prevTag, tag, fmt, events } = (value ?? {}) as Partial<LogRow>
  const numbers = [shard, v, prevTag, tag, fmt].every((each) => Number.isSafeInteger(each))
  return numbers && typeof events === 'string'
}
