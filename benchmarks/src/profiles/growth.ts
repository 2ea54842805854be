import { type Axis, axes } from '../growth/axes.ts'
import { type Measured, measurePoint } from '../growth/measure-point.ts'
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
      `**${name}**, ms of one request at a time, lower quartile\n\n${tableOf(name, curve)}`,
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
  const measures = Object.keys(curve[0]?.[1] ?? {})
  const head = [name, ...curve.map(([size]) => size.toLocaleString('en')), 'last / first']
  const lines = measures.map((measure) => {
    const values = curve.map(([, measured]) => measured[measure] ?? Number.NaN)
    const factor = (values.at(-1) ?? Number.NaN) / (values[0] ?? Number.NaN)
    const mark = factor > growthMax ? ' !' : ''
    return [measure, ...values.map(figure), `${factor.toFixed(2)}${mark}`]
  })
  return aligned([head, ...lines])
}

/** Every measure as a multiple of its first point, so that all fit one chart. */
function chartOf(name: string, curve: readonly Point[]): string {
  const measures = Object.keys(curve[0]?.[1] ?? {})
  const curves = measures.map((measure) => {
    const first = curve[0]?.[1][measure] ?? Number.NaN
    return {
      name: measure,
      points: curve.map(([size, at]) => [size, (at[measure] ?? Number.NaN) / first] as const),
    }
  })
  return lineChart(`growth of ${name}: multiples of the first point`, name, curves, true)
}
