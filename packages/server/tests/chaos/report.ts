import type { IdleCost, IdleServer, Propagation } from './cluster-cost.ts'
import type { Figures } from './play-fault.ts'

/** A table of what the faults did, as Markdown. */
export function tableOf(all: readonly Figures[]): string {
  const heads = [
    'fault',
    'changes followed',
    'uses after a change',
    'granted at most … after it',
    '503 while cut off',
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
    figures.verdict.unavailable,
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

/** What idle nodes cost the database, as Markdown. */
export function costTable(idle: readonly IdleCost[]): string {
  const rows = idle.map((cost) => [
    cost.nodes,
    cost.transactionsPerSecond.toFixed(1),
    cost.statementsPerSecond.toFixed(1),
    `${(cost.walBytesPerSecond / 1_024).toFixed(1)} KiB/s`,
    percent(cost.databaseCpu),
  ])
  const heads = ['idle nodes', 'transactions/s', 'statements/s', 'WAL', "PostgreSQL's CPU"]
  return markdown(heads, rows)
}

/** What one idle server costs, as Markdown. */
export function serverTable({ statementsPerSecond, cpu, residentMiB }: IdleServer): string {
  const heads = ['idle server', 'statements/s', 'CPU', 'memory']
  const row = ['1', statementsPerSecond.toFixed(1), percent(cpu), `${Math.round(residentMiB)} MiB`]
  return markdown(heads, [row])
}

/** How fast changes travel, as Markdown. */
export function propagationTable(propagation: readonly Propagation[]): string {
  const rows = propagation.map(({ mesh, p50, p99 }) => [
    mesh ? 'by the mesh' : 'by the poll, without mesh',
    milliseconds(p50),
    milliseconds(p99),
  ])
  return markdown(['a change travels', 'p50', 'p99'], rows)
}

/** @param share of one core */
function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}

function markdown(heads: readonly string[], rows: readonly (readonly unknown[])[]): string {
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function milliseconds(ms: number): string {
  return Number.isFinite(ms) ? `${Math.round(ms)} ms` : 'never'
}
