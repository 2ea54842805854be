import { escapeHtml } from '@holdfast/server/pages/html'
import type { Frame } from './cpu-profile.ts'

const width = 1200
const rowHeight = 17
const top = 34
/** Frames below this share of the whole would be thinner than a line. */
const shareMin = 0.003
const characterWidth = 6.4

/** What a frame is drawn with, by who wrote the function. */
const colours = { server: '#2f6fb2', package: '#d68910', node: '#7d8590', V8: '#b5483a' }

/** @returns who wrote what is at a place */
export function ownerOf(place: string): keyof typeof colours {
  if (place === 'V8') return 'V8'
  if (place.startsWith('node:')) return 'node'
  return place.includes('/') && !place.startsWith('@') ? 'server' : 'package'
}

/**
 * Who called whom as an SVG: each function under its caller, as wide as the time in it and in what it called.
 * @param operations that ran in the time of the frames, to tell the time for one
 */
export function flameGraph(title: string, root: Frame, operations: number): string {
  const rows: string[] = []
  let depths = 0
  const draw = (frame: Frame, x: number, depth: number): void => {
    const share = frame.total / root.total
    if (share < shareMin) return
    depths = Math.max(depths, depth + 1)
    rows.push(box(frame, x, depth, share, frame.total / operations))
    let left = x
    for (const call of frame.calls) {
      draw(call, left, depth + 1)
      left += (call.total / root.total) * width
    }
  }
  draw(root, 0, 0)
  const height = top + depths * rowHeight + 4
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="monospace" font-size="10.5">
<title>${escapeHtml(title)}</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="6" y="14" font-size="13" font-weight="bold" font-family="sans-serif">${escapeHtml(title)}</text>
<text x="6" y="28" font-family="sans-serif">blue: the server; orange: packages; grey: Node; red: V8 and the system. Point at a frame for its time.</text>
${rows.join('\n')}
</svg>
`
}

function box(frame: Frame, x: number, depth: number, share: number, micros: number): string {
  const y = top + depth * rowHeight
  const wide = share * width
  const label = frame.name.slice(0, Math.max(0, Math.floor((wide - 4) / characterWidth)))
  const told = `${frame.name}, ${frame.place}: ${micros.toFixed(0)} µs, ${(share * 100).toFixed(1)} %`
  const text =
    label.length < 3
      ? ''
      : `<text x="${(x + 3).toFixed(1)}" y="${y + 12}" fill="#fff">${escapeHtml(label)}</text>`
  return `<g><title>${escapeHtml(told)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, wide - 0.5).toFixed(1)}" height="${rowHeight - 1}" fill="${colours[ownerOf(frame.place)]}"/>${text}</g>`
}
