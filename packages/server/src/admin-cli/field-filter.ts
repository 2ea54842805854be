import { CliError } from './cli-error.ts'
import { isObject, type Json } from './json-text.ts'

/** Which members of a document are shown: `id,config(*),-secret`. A name without brackets shows nothing of an object. */
export type FieldFilter = ReadonlyMap<string, FieldFilter | null>

const nothing: FieldFilter = new Map()

/** @throws CliError with the position of what cannot be understood */
export function fieldFilter(text: string): FieldFilter {
  if (text.trim() === '') throw new CliError('Fields spec is null or empty!', true)
  const root = new Map<string, FieldFilter | null>()
  const open: Map<string, FieldFilter | null>[] = [root]
  let name = ''
  let expected: 'name' | 'more' | 'comma' = 'name'
  const wrong = (position: number) =>
    new CliError(`Invalid fields specification at position ${position}: ${text}`)
  for (const [position, character] of [...text].entries()) {
    const level = open.at(-1)
    if (level === undefined) throw wrong(position)
    if (character === ',') {
      if (expected === 'name') throw wrong(position)
      if (name !== '') level.set(name, null)
      name = ''
      expected = 'name'
    } else if (character === '(') {
      if (name === '') throw wrong(position)
      const inner = new Map<string, FieldFilter | null>()
      level.set(name, inner)
      open.push(inner)
      name = ''
      expected = 'name'
    } else if (character === ')') {
      if (expected === 'name' || open.length === 1) throw wrong(position)
      if (name !== '') level.set(name, null)
      name = ''
      open.pop()
      expected = 'comma'
    } else {
      name += character
      expected = 'more'
    }
  }
  if (open.length > 1 || expected === 'name') throw wrong(text.length)
  if (name !== '') root.set(name, null)
  return root
}

/** @returns the document with only the members that the filter lets through, in the order of the document */
export function filtered(value: Json, filter: FieldFilter): Json {
  if (Array.isArray(value)) return value.map((item) => filtered(item, filter))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      isIncluded(name, filter) ? [[name, filtered(member, childOf(name, filter))]] : [],
    ),
  )
}

function isIncluded(name: string, filter: FieldFilter): boolean {
  return !filter.has(`-${name}`) && (filter.has('*') || filter.has(name))
}

/** What is shown inside of a member. */
export function childOf(name: string, filter: FieldFilter): FieldFilter {
  return filter.get(name) ?? filter.get('*') ?? nothing
}
