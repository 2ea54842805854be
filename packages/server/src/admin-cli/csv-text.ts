import { childOf, type FieldFilter } from './field-filter.ts'
import { isObject, type Json } from './json-text.ts'

/**
 * @param filter whose order the columns have; undefined = as the members come
 * @param unquoted texts without quotation marks
 * @returns a line per item, as kcadm prints it: nested members become further columns
 */
export function csvText(value: Json, filter: FieldFilter | undefined, unquoted: boolean): string {
  const items = Array.isArray(value) ? value : [value]
  return items.map((item) => `${cells(item, filter, unquoted).join(',')}\n`).join('')
}

function cells(
  value: Json | undefined,
  filter: FieldFilter | undefined,
  unquoted: boolean,
): string[] {
  if (value === undefined) return ['']
  if (Array.isArray(value)) return value.flatMap((item) => cells(item, filter, unquoted))
  if (isObject(value)) {
    if (filter === undefined) {
      return Object.values(value).flatMap((member) => cells(member, undefined, unquoted))
    }
    return [...filter.keys()].flatMap((name) => cells(value[name], childOf(name, filter), unquoted))
  }
  return [unquoted && typeof value === 'string' ? value : JSON.stringify(value)]
}
