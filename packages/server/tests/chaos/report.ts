import type { IdleCost, Propagation } from './cluster-cost.ts'
import type { Figures } from './play-fault.ts'

/** A table of what the faults did, as Markdown. */
export function tableOf(all: readonly Figures[]): string {
  const heads = [
    'fault',
    'changes followed',
    'uses after a change',
    'granted at most … after it',
    'longest silence',
    'all ready again after',
    'logins',
    'left out',
    'broken promises',
  ]
  const rows = all.map((figures) => [
    figures.fault,
    figures.verdict.changes,
    figures.verdict.attemptsAfter,
    figures.verdict.staleMs === 0 ? '0' : milliseconds(figures.verdict.staleMs),
    figures.silenceMs === null
      ? `${milliseconds(figures.backMs ?? 0)} after it is back`
      : milliseconds(figures.silenceMs),
    milliseconds(figures.readyMs),
    figures.logins,
    figures.verdict.leftOut,
    figures.broken.length,
  ])
  return markdown(heads, rows)
}

/** What idle nodes cost the database, and how fast changes travel, as Markdown. */
export function costTables(idle: readonly IdleCost[], propagation: readonly Propagation[]): string {
  const costs = idle.map(({ nodes, transactionsPerSecond, walBytesPerSecond }) => [
    nodes,
    transactionsPerSecond.toFixed(1),
    `${(walBytesPerSecond / 1_024).toFixed(1)} KiB/s`,
  ])
  const times = propagation.map(({ mesh, p50, p99 }) => [
    mesh ? 'by the mesh' : 'by the poll, without mesh',
    milliseconds(p50),
    milliseconds(p99),
  ])
  const idleTable = markdown(['idle nodes', 'transactions/s', 'WAL'], costs)
  return `${idleTable}\n\n${markdown(['a change travels', 'p50', 'p99'], times)}`
}

function markdown(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function milliseconds(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms)} ms` : 'never'
}
