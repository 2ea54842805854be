/** One SQL statement with `$1…` parameters. */
export interface Statement {
  readonly text: string
  readonly values?: readonly unknown[]
}

/** @returns the text form of a parameter as PostgreSQL reads it; null stays null. */
export function encodeParameter(value: unknown): string | Buffer | null {
  if (value === null || value === undefined) return null
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? 't' : 'f'
    default:
      return encodeObject(value)
  }
}

function encodeObject(value: unknown): string | Buffer {
  if (Buffer.isBuffer(value)) return value
  if (value instanceof Date) return value.toISOString()
  if (Array.isArray(value)) return encodeArray(value)
  return JSON.stringify(value)
}

/** An array parameter becomes an array literal (`{…}`), for `= ANY($1)` and `unnest($1)`; stringify JSON arrays yourself. */
function encodeArray(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (value === null || value === undefined) return 'NULL'
    if (Array.isArray(value)) return encodeArray(value)
    const text = encodeParameter(value)
    if (Buffer.isBuffer(text)) return `"\\\\x${text.toString('hex')}"`
    return `"${(text ?? '').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  })
  return `{${elements.join(',')}}`
}
