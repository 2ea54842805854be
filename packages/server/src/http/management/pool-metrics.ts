import type { Registry } from 'prom-client'
import type { PoolStatistics } from '../../database/connection-pool.ts'
import { customMetric } from './http-timings.ts'

interface PoolMetric {
  readonly name: string
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly aggregator?: 'max'
  readonly value: (pool: PoolStatistics) => number
}

const average = (total: number, count: number) => (count === 0 ? 0 : total / count)

/** Names under which Keycloak's own pool (Agroal) reports; dashboards look for them. */
const poolMetrics: readonly PoolMetric[] = [
  {
    name: 'agroal_acquire_count_total',
    type: 'counter',
    help: 'How often a connection was acquired.',
    value: (pool) => pool.acquired,
  },
  {
    name: 'agroal_active_count',
    type: 'gauge',
    help: 'Connections in use.',
    value: (pool) => pool.active,
  },
  {
    name: 'agroal_available_count',
    type: 'gauge',
    help: 'Idle connections.',
    value: (pool) => pool.available,
  },
  {
    name: 'agroal_awaiting_count',
    type: 'gauge',
    help: 'Requests that wait for a connection.',
    value: (pool) => pool.awaiting,
  },
  {
    name: 'agroal_blocking_time_average_milliseconds',
    type: 'gauge',
    help: 'Average wait for a connection.',
    aggregator: 'max',
    value: (pool) => average(pool.blockingMsTotal, pool.acquired),
  },
  {
    name: 'agroal_blocking_time_max_milliseconds',
    type: 'gauge',
    help: 'Longest wait for a connection.',
    aggregator: 'max',
    value: (pool) => pool.blockingMsMax,
  },
  {
    name: 'agroal_blocking_time_total_milliseconds',
    type: 'gauge',
    help: 'All waits for connections together.',
    value: (pool) => pool.blockingMsTotal,
  },
  {
    name: 'agroal_creation_count_total',
    type: 'counter',
    help: 'Connections opened.',
    value: (pool) => pool.created,
  },
  {
    name: 'agroal_creation_time_average_milliseconds',
    type: 'gauge',
    help: 'Average time to open a connection.',
    aggregator: 'max',
    value: (pool) => average(pool.creationMsTotal, pool.created),
  },
  {
    name: 'agroal_creation_time_max_milliseconds',
    type: 'gauge',
    help: 'Longest time to open a connection.',
    aggregator: 'max',
    value: (pool) => pool.creationMsMax,
  },
  {
    name: 'agroal_creation_time_total_milliseconds',
    type: 'gauge',
    help: 'Time spent on opening connections.',
    value: (pool) => pool.creationMsTotal,
  },
  {
    name: 'agroal_destroy_count_total',
    type: 'counter',
    help: 'Connections closed.',
    value: (pool) => pool.destroyed,
  },
  {
    name: 'agroal_max_used_count',
    type: 'gauge',
    help: 'Most connections in use at once.',
    value: (pool) => pool.maxUsed,
  },
]

/** Shows the database pool under the names that Keycloak's dashboards know. */
export function registerPoolMetrics(registry: Registry, statistics: () => PoolStatistics): void {
  for (const { name, type, help, aggregator, value } of poolMetrics) {
    const samples = () => [{ labels: { datasource: 'default' }, value: value(statistics()) }]
    registry.registerMetric(customMetric(name, help, type, aggregator ?? 'sum', samples))
  }
}
