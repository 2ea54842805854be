import { runLoad } from '../load/load.ts'
import { mixed as loginAndRefreshes } from '../load/scenarios.ts'
import { lineChart } from '../report/line-chart.ts'
import { figure } from '../report/table.ts'
import { atMost } from '../report/target.ts'
import { people, startBenchServer } from '../server/bench-server.ts'
import { processorMicros, residentMegabytes } from '../server/process-usage.ts'
import type { Profile } from './profile.ts'

const connections = 8
const sampleMs = 2_000
/** Growth of the memory from the second quarter to the last that is still called flat, in percent. */
const flatPercentMax = 5
/** Most that a worker may take after half an hour, in MB. */
const memoryTarget = 180

/** The mixed load for `--minutes`, thirty unless said otherwise: memory has to stay where it is. */
export const soak: Profile = async (context) => {
  await using bench = await startBenchServer(context.postgresUrl)
  const { pid } = bench.server
  const begin = performance.now()
  const samples: { minute: number; megabytes: number }[] = []
  const timer = setInterval(() => {
    const minute = (performance.now() - begin) / 60_000
    samples.push({ minute, megabytes: residentMegabytes(pid) })
    if (samples.length % 15 === 0) {
      const memory = samples.at(-1)?.megabytes.toFixed(0)
      context.progress(`${minute.toFixed(1)} of ${context.minutes} min, ${memory} MB`)
    }
  }, sampleMs)
  const from = processorMicros(pid)
  const load = { port: bench.port, connections, warmupSeconds: 0, seconds: context.minutes * 60 }
  const result = await runLoad(load, loginAndRefreshes(people))
  clearInterval(timer)
  const memory = samples.map(({ megabytes }) => megabytes)
  const quarter = Math.floor(memory.length / 4)
  const early = mean(memory.slice(quarter, 2 * quarter))
  const late = mean(memory.slice(3 * quarter))
  const growth = late / early - 1
  return {
    rows: [
      {
        name: 'login and five refreshes',
        value: result.perSecond,
        unit: '/s',
        limit: null,
        limitName: '',
        p50: result.p50,
        p99: result.p99,
        failures: result.failures,
        processorMicros: (processorMicros(pid) - from) / Math.max(1, result.completed),
      },
    ],
    costs: [],
    targets: [
      atMost('memory in the last quarter', late, memoryTarget, 'MB'),
      atMost('its growth since the second quarter', growth * 100, flatPercentMax, '%'),
    ],
    notes: [`${figure(early)} MB in the second quarter, ${figure(late)} MB in the last`],
    chart: lineChart('memory of the worker under the mixed load', 'minutes', [
      { name: 'MB', points: samples.map(({ minute, megabytes }) => [minute, megabytes]) },
    ]),
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
