import { type Row, ratio } from './row.ts'
import { figure } from './table.ts'

const barHeight = 22
const gap = 8
const labelWidth = 190
const barWidth = 420
const width = 800

/** The ratios to the machine's limits as an SVG bar chart. */
export function barChart(title: string, rows: readonly Row[]): string {
  const shown = rows.filter((row) => ratio(row) !== null)
  const height = 40 + shown.length * (barHeight + gap)
  const full = Math.max(1.2, ...shown.map((row) => ratio(row) ?? 0))
  const bars = shown.map((row, index) => bar(row, 40 + index * (barHeight + gap), full))
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="13">
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="22" font-size="15" font-weight="bold">${title}</text>
${bars.join('\n')}
</svg>
`
}

/** @param full the ratio that fills the whole width */
function bar(row: Row, y: number, full: number): string {
  const share = (ratio(row) ?? 0) / full
  const text = `${figure(row.value)} ${row.unit} of ${figure(row.limit ?? 0)} (${(ratio(row) ?? 0).toFixed(2)})`
  return `<text x="10" y="${y + 15}">${row.name}</text>
<rect x="${labelWidth}" y="${y}" width="${barWidth}" height="${barHeight}" fill="#e7ebf0"/>
<rect x="${labelWidth}" y="${y}" width="${(barWidth * share).toFixed(0)}" height="${barHeight}" fill="#2f6fb2"/>
<text x="${labelWidth + 6}" y="${y + 15}" fill="#111">${text}</text>`
}
