import type { MeshLimits } from './limits.ts'
import type { PeerStatus } from './mesh.ts'
import { type ProbeInput, type ProbeState, probeStep, unprobed } from './probe-state.ts'

export interface ProberDeps {
  readonly limits: MeshLimits
  readonly random: () => number
  /** @throws when there was no answer in time */
  readonly ping: (peer: string, deadlineMs: number) => Promise<unknown>
  /** Asks `via` to ping `peer`. @throws when `via` does not answer */
  readonly probeThrough: (via: string, peer: string, deadlineMs: number) => Promise<boolean>
  readonly reachablePeers: () => string[]
  readonly onMissed: (peer: string) => void
  readonly onChange: (peer: string, reachable: boolean) => void
  readonly onUnreachable: (peer: string, through: string | null) => void
  readonly onRecovered: (peer: string) => void
}

interface Probed {
  state: ProbeState
  /** Whether the last probe was answered over the present connection. */
  answers: boolean
  timer: NodeJS.Timeout | null
}

/** Probes every member once per interval and drives its failure detector (probe-state.ts). */
export class Prober {
  readonly #deps: ProberDeps
  readonly #probed = new Map<string, Probed>()

  constructor(deps: ProberDeps) {
    this.#deps = deps
  }

  add(peer: string): void {
    const probed: Probed = { state: unprobed, answers: false, timer: null }
    this.#probed.set(peer, probed)
    this.#schedule(peer, probed)
  }

  remove(peer: string): void {
    const probed = this.#probed.get(peer)
    if (probed?.timer) clearTimeout(probed.timer)
    this.#probed.delete(peer)
  }

  /** A new connection is there: it counts once it has answered. */
  probeNow(peer: string): void {
    const probed = this.#probed.get(peer)
    if (probed !== undefined) void this.#probe(peer, probed)
  }

  /** The connection broke: as good as a probe without an answer for `answers`, but counted by the next probe. */
  lost(peer: string): void {
    const probed = this.#probed.get(peer)
    if (probed !== undefined) this.#setAnswers(peer, probed, false)
  }

  answers(peer: string): boolean {
    return this.#probed.get(peer)?.answers ?? false
  }

  statusOf(
    peer: string,
    open: boolean,
  ): Pick<PeerStatus, 'state' | 'missedProbes' | 'aliveThrough'> {
    const { state, answers } = this.#probed.get(peer) ?? { state: unprobed, answers: false }
    const failed = state.indirect === 'alive' || state.indirect === 'silent'
    const named = failed ? 'unreachable' : state.missed > 0 ? 'suspect' : 'connecting'
    return {
      state: answers && open ? 'reachable' : named,
      missedProbes: state.missed,
      aliveThrough: state.through,
    }
  }

  #schedule(peer: string, probed: Probed): void {
    // Jitter keeps many nodes from probing one member at the same moment.
    const { probeIntervalMs } = this.#deps.limits
    const delayMs = probeIntervalMs * (0.9 + 0.2 * this.#deps.random())
    probed.timer = setTimeout(() => {
      void this.#probe(peer, probed).then(() => {
        if (this.#probed.get(peer) === probed) this.#schedule(peer, probed)
      })
    }, delayMs)
  }

  async #probe(peer: string, probed: Probed): Promise<void> {
    const answered = await this.#deps.ping(peer, this.#deps.limits.probeTimeoutMs).then(
      () => true,
      () => false,
    )
    if (this.#probed.get(peer) !== probed) return
    this.#setAnswers(peer, probed, answered)
    if (!answered) this.#deps.onMissed(peer)
    this.#step(peer, probed, { is: answered ? 'answered' : 'missed' })
  }

  #setAnswers(peer: string, probed: Probed, answers: boolean): void {
    if (probed.answers === answers) return
    probed.answers = answers
    this.#deps.onChange(peer, answers)
  }

  #step(peer: string, probed: Probed, input: ProbeInput): void {
    const { state, outputs } = probeStep(probed.state, input, this.#deps.limits.probeMissesMax)
    probed.state = state
    for (const output of outputs) {
      if (output === 'ask-others') void this.#askOthers(peer, probed)
      if (output === 'report-unreachable') this.#deps.onUnreachable(peer, state.through)
      if (output === 'report-recovered') this.#deps.onRecovered(peer)
    }
  }

  async #askOthers(peer: string, probed: Probed): Promise<void> {
    const { indirectProbes, probeTimeoutMs } = this.#deps.limits
    const others = this.#deps.reachablePeers().filter((other) => other !== peer)
    const asked = others
      .map((via) => ({ via, order: this.#deps.random() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, indirectProbes)
    const reached = await Promise.all(
      asked.map(({ via }) =>
        this.#deps.probeThrough(via, peer, probeTimeoutMs * 2).then(
          (ok) => (ok ? via : null),
          () => null,
        ),
      ),
    )
    if (this.#probed.get(peer) !== probed) return
    const through = reached.find((via) => via !== null) ?? null
    this.#step(
      peer,
      probed,
      through === null ? { is: 'nobody-reached' } : { is: 'reached', through },
    )
  }
}
