import type { WorkflowWork } from '../domains/workflows/workflow-run.ts'
import type { WorkflowRuns } from '../domains/workflows/workflow-runs.ts'
import type { WorkflowTriggers } from '../domains/workflows/workflow-triggers.ts'
import type { Logger } from '../log/logger.ts'
import { OutboxLoop } from '../queues/outbox-loop.ts'
import type { Clock } from '../shared/clock.ts'

/** Each takes two connections at times: its own, and one that reads. */
const bounds = { underWayMax: 4, ofRealmMax: 2 }
/** How often a step may be due that nobody has caused just now: a server without workflows asks no more than that. */
const lookEveryMs = 30_000

export interface WorkflowRunnerDeps {
  readonly runs: Pick<WorkflowRuns, 'due' | 'work'>
  readonly triggers: Pick<WorkflowTriggers, 'onAsked'>
  readonly clock: Clock
  readonly log: Logger
}

/** Takes up what workflows have to do: at once what this process has caused, within half a minute what is due or was left. */
export class WorkflowRunner implements AsyncDisposable {
  readonly #deps: WorkflowRunnerDeps
  readonly #loop: OutboxLoop<WorkflowWork>
  readonly #underWay = new Set<string>()

  constructor(deps: WorkflowRunnerDeps) {
    this.#deps = deps
    const { runs, log, clock } = deps
    this.#loop = new OutboxLoop({
      claim: (limit, busy) => runs.due(limit, busy, [...this.#underWay]),
      send: (work) => this.#do(work),
      onUnread: (err) => log.debug({ err }, 'What workflows have to do could not be read'),
      bounds,
      lookEveryMs,
      now: () => clock.now(),
    })
  }

  begin(): void {
    this.#deps.triggers.onAsked(() => this.#loop.wake())
    this.#loop.begin()
  }

  /** Looks for what is due now. */
  wake(): void {
    this.#loop.wake()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]()
  }

  async #do(work: WorkflowWork): Promise<void> {
    const id = work.kind === 'events' ? work.realmId : work.id
    this.#underWay.add(id)
    try {
      await this.#deps.runs.work(work)
    } catch (err) {
      this.#deps.log.warn({ err }, `Workflows of realm ${work.realmId} go on in a moment`)
      // Otherwise it would be taken up again at once.
      await pause()
    } finally {
      this.#underWay.delete(id)
    }
  }
}

const pauseMs = 1_000

async function pause(): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, pauseMs).unref()
  })
}
