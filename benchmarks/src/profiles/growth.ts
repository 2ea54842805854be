import { type Axis, axes } from '../growth/axes.ts'
import { type Measured, measurePoint } from '../growth/measure-point.ts'
import type { OperationTimes } from '../growth/processor-meter.ts'
import { settle } from '../growth/seed-store.ts'
import { lineChart } from '../report/line-chart.ts'
import { aligned, figure } from '../report/table.ts'
import { startBenchServer } from '../server/bench-server.ts'
import type { Profile, ProfileContext } from './profile.ts'

/** A cost that is more than this many times that of the first point is pointed at. */
const growthMax = 3

/** Every axis of growth at five points, or the one that `--axis` names; `--scale=0.01` for a short form. */
export const growth: Profile = async (context) => {
  const notes: string[] = []
  const charts: Record<string, string> = {}
  const names = context.axis === null ? Object.keys(axes) : context.axis.split(',')
  for (const name of names) {
    const axis = axes[name]
    if (axis === undefined) throw new Error(`no axis ${name}; there are ${Object.keys(axes)}`)
    const curve = await measureAxis(context, name, axis)
    notes.push(
      `**${name}**, one request at a time; ms: lower quartile; processor ms: of server and PostgreSQL, middle of five rounds, less what they use anyway\n\n${tableOf(name, curve)}`,
    )
    charts[name] = chartOf(name, curve)
  }
  return { rows: [], costs: [], targets: [], notes, charts }
}

type Point = readonly [size: number, measured: Measured]

async function measureAxis(context: ProfileContext, name: string, axis: Axis): Promise<Point[]> {
  const scale = axis.seed === undefined ? 1 : context.scale
  const sizes = [...new Set(axis.points.map((size) => scaled(size, scale)))]
  await using bench = await startBenchServer(context.postgresUrl)
  await bench.server.stop()
  const curve: Point[] = []
  let reached = 0
  for (const size of sizes) {
    context.progress(`${name}: ${figure(size)}, seeding`)
    if (axis.seed !== undefined && size > reached) await axis.seed(bench.database, reached, size)
    await settle(bench.database)
    reached = size
    context.progress(`${name}: ${figure(size)}, measuring`)
    const servers = axis.seed === undefined ? size : 1
    curve.push([size, await measurePoint(bench.database, axis, servers)])
  }
  return curve
}

function scaled(size: number, scale: number): number {
  return size === 0 ? 0 : Math.max(1, Math.round(size * scale))
}

function tableOf(name: string, curve: readonly Point[]): string {
  const head = [name, ...curve.map(([size]) => size.toLocaleString('en')), 'last / first']
  const line = (label: string, values: readonly number[]): string[] => {
    const factor = (values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN)
    const mark = factor > growthMax ? ' !' : ''
    const figures = values.map((value) => figure(value) || 'failed')
    return [label, ...figures, `${factor.toFixed(2)}${mark}`]
  }
  const first = curve[0]?.[1]
  if (first === undefined) return ''
  const operations = Object.keys(first.operations).flatMap((operation) => {
    const of = (member: keyof OperationTimes): number[] =>
      curve.map(([, at]) => at.operations[operation]?.[member] ?? Number.NaN)
    return [
      line(`${operation}, ms`, of('ms')),
      line(`${operation}, processor ms`, of('processorMs')),
    ]
  })
  const others = Object.keys(first.others).map((other) =>
    line(
      other,
      curve.map(([, at]) => at.others[other] ?? Number.NaN),
    ),
  )
  return aligned([head, ...operations, ...others])
}

/** Processor time of every operation as a multiple of its first point, so that all fit one chart. */
function chartOf(name: string, curve: readonly Point[]): string {
  const costs = curve.map(([size, at]) => {
    const operations = Object.entries(at.operations).map(([operation, { ms, processorMs }]) => [
      operation,
      Number.isNaN(processorMs) ? ms : processorMs,
    ])
    const all: Record<string, number> = Object.fromEntries(operations)
    return [size, { ...all, ...at.others }] as const
  })
  const curves = Object.keys(costs[0]?.[1] ?? {}).map((measure) => {
    const first = costs[0]?.[1][measure] ?? Number.NaN
    const points = costs.map(([size, at]) => [size, (at[measure] ?? Number.NaN) / first] as const)
    return { name: measure, points }
  })
  return lineChart(`growth of ${name}: multiples of the first point`, name, curves, true)
}
