import type { HealthReport } from '../../http/management/health-checks.ts'
import type { MetricsSnapshot } from '../../telemetry/metrics-snapshot.ts'
import type { LogFileName } from '../log-files.ts'

/** What a worker tells its supervisor. */
export type WorkerMessage =
  | { readonly type: 'serving'; readonly listening: string }
  | { readonly type: 'health'; readonly ready: HealthReport; readonly started: HealthReport }
  | { readonly type: 'metrics'; readonly id: number; readonly snapshot: MetricsSnapshot }
  | { readonly type: 'lines'; readonly file: LogFileName; readonly text: string }

/** What a supervisor tells its workers. */
export type SupervisorMessage =
  | { readonly type: 'stop' }
  | { readonly type: 'metrics'; readonly id: number }

/** How often a worker tells how it is, in milliseconds; silence is how a frozen one is noticed. */
export const healthIntervalMs = 500
