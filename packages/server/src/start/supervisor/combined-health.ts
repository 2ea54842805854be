import {
  type HealthReport,
  type HealthSource,
  report,
} from '../../http/management/health-checks.ts'
import type { WorkerState } from './worker-pool.ts'

/**
 * Health of a machine with several workers: ready when at least one worker takes requests and every one that does is
 * ready. A worker that is just being started again takes none, so it does not count.
 */
export class CombinedHealth implements HealthSource {
  readonly #states: () => readonly WorkerState[]
  #stopping = false

  constructor(states: () => readonly WorkerState[]) {
    this.#states = states
  }

  stopping(): void {
    this.#stopping = true
  }

  live(): HealthReport {
    return { status: 'UP', checks: [] }
  }

  started(): HealthReport {
    const started = this.#states().some((state) => state.started?.status === 'UP')
    return { status: started ? 'UP' : 'DOWN', checks: [] }
  }

  ready(): HealthReport {
    const serving = this.#states().filter(({ started }) => started?.status === 'UP')
    const seen = serving.length > 0 ? serving : this.#states()
    const checks = new Map<
      string,
      { name: string; up: boolean; data?: Record<string, string | number | boolean> }
    >()
    for (const { ready } of seen) {
      for (const { name, status, data } of ready?.checks ?? []) {
        const up = (checks.get(name)?.up ?? true) && status === 'UP'
        checks.set(name, { name, up, ...(data === undefined ? {} : { data }) })
      }
    }
    if (this.#stopping) checks.set('Graceful Shutdown', { name: 'Graceful Shutdown', up: false })
    if (checks.size === 0)
      checks.set('Keycloak Initialized', { name: 'Keycloak Initialized', up: false })
    return report([...checks.values()])
  }
}
