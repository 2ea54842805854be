import type { ChaosNode } from './chaos-node.ts'
import type { Session } from './credentials.ts'
import type { History } from './history.ts'
import { now, pause } from './run-clock.ts'
import type { StallWatch } from './stall-watch.ts'

const pauseMs = 100

/** An application that refreshes its tokens all the time, and asks a second node when the first one does not answer. */
export class SteadyClient {
  readonly #session: Session
  readonly #nodes: readonly ChaosNode[]
  readonly #history: History
  /** When it got tokens. */
  readonly #served: number[] = []
  #stopped = false

  constructor(session: Session, nodes: readonly ChaosNode[], history: History) {
    this.#session = session
    this.#nodes = nodes
    this.#history = history
  }

  async run(first: number): Promise<void> {
    for (let turn = first; !this.#stopped; turn++) {
      if (!(await this.#use(turn))) await this.#use(turn + 1)
      await pause(pauseMs)
    }
  }

  stop(): void {
    this.#stopped = true
  }

  /**
   * The longest time without tokens that overlaps the given time, in milliseconds.
   * @param stalls takes off what this process did not run
   */
  silence(from: number, until: number, stalls: StallWatch): number {
    const inside = this.#served.filter((at) => at > from && at < until)
    const before = this.#served.findLast((at) => at <= from) ?? from
    const after = this.#served.find((at) => at >= until) ?? now()
    const marks = [before, ...inside, after]
    return Math.max(
      ...marks.map((at, index) => {
        const last = marks[index - 1] ?? at
        return at - last - stalls.between(last, at)
      }),
    )
  }

  /** After how many milliseconds it got tokens again; infinite when it did not. */
  backAfter(moment: number): number {
    return (this.#served.find((at) => at >= moment) ?? Number.POSITIVE_INFINITY) - moment
  }

  async #use(turn: number): Promise<boolean> {
    const attempt = await this.#session.use(this.#nodes[turn % this.#nodes.length] as ChaosNode)
    this.#history.attempts.push(attempt)
    if (attempt.outcome === 'granted') this.#served.push(attempt.answeredAt)
    return attempt.outcome === 'granted'
  }
}
