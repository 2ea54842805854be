import { type Row, ratio } from './row.ts'

/** The rows as a Markdown table; columns of what was measured for none of them are left out. */
export function markdownTable(rows: readonly Row[]): string {
  const head = [
    ...['operation', 'measured', 'limit', 'ratio', 'CPU µs', 'cores', 'p50 ms', 'p99 ms'],
    ...['p50 at 70 %', 'p99 at 70 %', 'failures'],
  ]
  const cells = rows.map((row) => [
    row.name,
    `${figure(row.value)} ${row.unit}`,
    row.limit === null ? '' : `${figure(row.limit)} (${row.limitName})`,
    ratio(row)?.toFixed(2) ?? '',
    row.processorMicros?.toFixed(0) ?? '',
    row.coreShare?.toFixed(2) ?? '',
    row.p50?.toFixed(1) ?? '',
    row.p99?.toFixed(1) ?? '',
    row.p50At70?.toFixed(1) ?? '',
    row.p99At70?.toFixed(1) ?? '',
    String(row.failures),
  ])
  const table = [head, ...cells]
  const measured = head.map((_, column) => cells.some((row) => row[column] !== ''))
  return aligned(table.map((row) => row.filter((_, column) => measured[column])))
}

/** Cells as a Markdown table with even columns; the first row is the head. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`
  const [head = [], ...body] = rows
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  return [line(head), rule, ...body.map(line)].join('\n')
}

/** A number with as many digits as anybody reads. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return ''
  if (value >= 100) return Math.round(value).toLocaleString('en')
  return value.toFixed(value >= 10 ? 1 : 2)
}
