/** A curve and its name. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

const width = 800
const height = 360
const margin = { left: 60, right: 170, top: 40, bottom: 40 }
const colours = [
  '#2f6fb2',
  '#c0392b',
  '#27864e',
  '#8e44ad',
  '#d68910',
  '#117a8b',
  '#555',
  '#ad1457',
]
const tickCount = 4

/** Curves as an SVG chart; the vertical axis begins at zero, the horizontal one may be logarithmic. */
export function lineChart(
  title: string,
  axis: string,
  curves: readonly Curve[],
  logarithmic = false,
): string {
  const along = (x: number): number => (logarithmic ? Math.log10(Math.max(1, x)) : x)
  const all = curves.flatMap(({ points }) => points)
  const xs = all.map(([x]) => along(x))
  const [xMin, xMax] = [Math.min(...xs), Math.max(...xs)]
  const yMax = Math.max(...all.map(([, y]) => y)) * 1.1 || 1
  const plotWidth = width - margin.left - margin.right
  const plotHeight = height - margin.top - margin.bottom
  const place = ([x, y]: readonly [number, number]): string => {
    const px = margin.left + ((along(x) - xMin) / (xMax - xMin || 1)) * plotWidth
    return `${px.toFixed(1)},${(margin.top + plotHeight * (1 - y / yMax)).toFixed(1)}`
  }
  const lines = curves.map(({ name, points }, index) => {
    const colour = colours[index % colours.length]
    const at = margin.top + index * 18
    return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(place).join(' ')}"/>
<text x="${width - margin.right + 12}" y="${at + 12}" fill="${colour}">${name}</text>`
  })
  const ticks = Array.from({ length: tickCount + 1 }, (_, index) => {
    const y = margin.top + plotHeight * (1 - index / tickCount)
    const value = ((yMax * index) / tickCount).toPrecision(2)
    return `<line x1="${margin.left}" x2="${width - margin.right}" y1="${y}" y2="${y}" stroke="#dde"/>
<text x="${margin.left - 8}" y="${y + 4}" text-anchor="end">${Number(value)}</text>`
  })
  const edges = [Math.min(...all.map(([x]) => x)), Math.max(...all.map(([x]) => x))]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="22" font-size="15" font-weight="bold">${title}</text>
${ticks.join('\n')}
${lines.join('\n')}
<text x="${margin.left}" y="${height - 12}">${edges[0]?.toLocaleString('en')}</text>
<text x="${width - margin.right}" y="${height - 12}" text-anchor="end">${edges[1]?.toLocaleString('en')} ${axis}</text>
</svg>
`
}
