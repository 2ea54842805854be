import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import type { Cost } from '../server/cost.ts'
import { barChart } from './chart.ts'
import type { Row } from './row.ts'
import { aligned, figure, markdownTable } from './table.ts'

const directory = resolve(import.meta.dirname, '../../results')

/** What a profile found. */
export interface Results {
  readonly rows: readonly Row[]
  readonly costs: readonly Cost[]
  readonly notes: readonly string[]
}

/** Prints the results of a profile and writes them as JSON, Markdown and SVG. */
export function writeResults(profile: string, results: Results): void {
  const text = [
    markdownTable(results.rows),
    ...(results.costs.length === 0 ? [] : ['', costTable(results.costs)]),
    ...results.notes.map((note) => `\n${note}`),
  ].join('\n')
  mkdirSync(directory, { recursive: true })
  const machine = `${cpus().length} × ${cpus()[0]?.model}, Node ${process.versions.node}`
  const json = { profile, at: new Date().toISOString(), machine, ...results }
  writeFileSync(`${directory}/${profile}.json`, `${JSON.stringify(json, null, 2)}\n`)
  writeFileSync(`${directory}/${profile}.md`, `${text}\n`)
  writeFileSync(`${directory}/${profile}.svg`, barChart(profile, results.rows))
  console.log(
    `\n${profile} on ${machine}\n\n${text}\n\nwritten to benchmarks/results/${profile}.{json,md,svg}`,
  )
}

/** What each operation costs the database. */
function costTable(costs: readonly Cost[]): string {
  const head = ['operation', 'transactions', 'writing', 'WAL bytes', 'rows written', 'statements']
  return aligned([
    head,
    ...costs.map((cost) => [
      cost.operation,
      cost.transactions.toFixed(2),
      cost.writingTransactions.toFixed(2),
      figure(cost.walBytes),
      cost.rowsWritten.toFixed(2),
      cost.statements?.toFixed(2) ?? '',
    ]),
  ])
}
