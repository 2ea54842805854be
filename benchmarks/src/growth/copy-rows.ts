import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'

/** Characters that are sent at once. */
const chunkCharacters = 65_536

/** A value of a column; null is SQL's NULL. */
export type Cell = string | number | boolean | null

/** Copies rows into a table (COPY FROM STDIN). @param columns with commas between */
export async function copyRows(
  client: pg.Client,
  table: string,
  columns: string,
  rows: Iterable<readonly Cell[]>,
): Promise<void> {
  const sink = client.query(from(`COPY ${table} (${columns}) FROM STDIN`))
  await pipeline(Readable.from(chunks(rows), { objectMode: false }), sink)
}

function* chunks(rows: Iterable<readonly Cell[]>): Generator<string> {
  let chunk = ''
  for (const row of rows) {
    chunk += `${row.map(text).join('\t')}\n`
    if (chunk.length < chunkCharacters) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

/** COPY's text format. */
function text(cell: Cell): string {
  if (cell === null) return '\\N'
  if (typeof cell !== 'string') return String(cell)
  return /[\\\t\n\r]/.test(cell)
    ? cell.replace(/[\\\t\n\r]/g, (found) => escapes[found] ?? found)
    : cell
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
}
