import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import type { Cost } from '../server/cost.ts'
import { barChart } from './chart.ts'
import type { Row } from './row.ts'
import { aligned, figure, markdownTable } from './table.ts'
import { type Target, targetTable } from './target.ts'

const directory = resolve(import.meta.dirname, '../../results')

/** What a profile found. */
export interface Results {
  readonly rows: readonly Row[]
  readonly costs: readonly Cost[]
  readonly targets: readonly Target[]
  readonly notes: readonly string[]
  /** Instead of the bars of the ratios. */
  readonly chart?: string
  /** Several charts, each by the end of its file's name. */
  readonly charts?: Readonly<Record<string, string>>
}

/** Prints the results of a profile and writes them as JSON, Markdown and SVG. */
export function writeResults(profile: string, results: Results): void {
  const text = [
    ...(results.rows.length === 0 ? [] : [markdownTable(results.rows)]),
    ...(results.costs.length === 0 ? [] : ['', costTable(results.costs)]),
    ...(results.targets.length === 0 ? [] : ['', targetTable(results.targets)]),
    ...results.notes.map((note) => `\n${note}`),
  ].join('\n')
  mkdirSync(directory, { recursive: true })
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`
  const { chart, charts, ...figures } = results
  const json = { profile, at: new Date().toISOString(), machine, ...figures }
  writeFileSync(`${directory}/${profile}.json`, `${JSON.stringify(json, null, 2)}\n`)
  writeFileSync(`${directory}/${profile}.md`, `${text}\n`)
  const drawn = charts ?? { '': chart ?? barChart(profile, results.rows) }
  for (const [name, svg] of Object.entries(drawn)) {
    writeFileSync(`${directory}/${[profile, name].filter(Boolean).join('-')}.svg`, svg)
  }
  console.log(`\n${profile} on ${machine}\n\n${text}\n\nwritten to benchmarks/results/${profile}*`)
}

/** What each operation costs. */
function costTable(costs: readonly Cost[]): string {
  const head = [
    ...['operation', 'statements', 'round trips', 'transactions', 'writing'],
    ...['synchronous commits', 'WAL bytes', 'rows written', 'rows read', 'signatures', 'hashes'],
  ]
  return aligned([
    head,
    ...costs.map((cost) => [
      cost.operation,
      cost.statements.toFixed(2),
      cost.roundTrips.toFixed(2),
      cost.transactions.toFixed(2),
      cost.writingTransactions.toFixed(2),
      cost.synchronousCommits.toFixed(2),
      figure(cost.walBytes),
      cost.rowsWritten.toFixed(2),
      cost.rowsRead.toFixed(2),
      cost.signatures.toFixed(2),
      cost.hashes.toFixed(2),
    ]),
  ])
}

/** Prints all operations of several profiles in one table and writes it with a chart as `summary`. */
export function writeSummary(all: Readonly<Record<string, Results>>): void {
  const rows = Object.values(all).flatMap((results) => results.rows)
  const targets = Object.values(all).flatMap((results) => results.targets)
  const table = `${markdownTable(rows)}\n\n${targetTable(targets)}`
  writeFileSync(`${directory}/summary.md`, `${table}\n`)
  writeFileSync(`${directory}/summary.svg`, barChart(Object.keys(all).join(', '), rows))
  console.log(`\n${table}\n\nwritten to benchmarks/results/summary.{md,svg}`)
}
