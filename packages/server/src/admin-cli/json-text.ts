/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

/**
 * @returns JSON as kcadm prints it: members on lines of their own, ` : ` behind names, arrays on one line unless objects are in
 * them
 */
export function jsonText(value: Json | undefined, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return '[ ]'
    return `[ ${value.map((item) => jsonText(item, indent)).join(', ')} ]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0) return '{ }'
  const inner = `${indent}  `
  const lines = members.map(
    ([name, member]) => `${inner}${JSON.stringify(name)} : ${jsonText(member, inner)}`,
  )
  return `{\n${lines.join(',\n')}\n${indent}}`
}

export function isObject(value: unknown): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
