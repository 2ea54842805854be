import { type AttributeKey, attributeKey } from './attribute-key.ts'
import { CliError } from './cli-error.ts'
import { isObject, type Json } from './json-text.ts'
import type { AttributeChange } from './parsed-command.ts'

type JsonObject = { [name: string]: Json }

/** Largest index of an array item that is set; the items before it are filled with null. */
const indexMax = 100_000

/** @throws CliError when there is no `=`, or nothing before it */
export function nameAndValue(text: string): [name: string, value: string] {
  const equals = text.indexOf('=')
  if (equals <= 0) throw new CliError(`Invalid key=value parameter: [${text}]`, true)
  return [text.slice(0, equals), text.slice(equals + 1)]
}

/**
 * Sets and deletes members, one change after the other.
 * @param document changed in place; undefined = a new object
 * @throws CliError when the document is no object, or a key cannot be followed
 */
export function changedDocument(
  document: Json | undefined,
  changes: readonly AttributeChange[],
): JsonObject {
  const object = document ?? {}
  if (!isObject(object)) throw new CliError(`Not a JSON object: ${JSON.stringify(object)}`)
  for (const { kind, text } of changes) {
    if (kind === 'delete') deleteAt(object, attributeKey(text))
    else {
      const [name, value] = nameAndValue(text)
      setAt(object, attributeKey(name), givenValue(value))
    }
  }
  return object
}

/** What is JSON is taken as such, anything else is a text; quotes of a shell that were left over are taken away. */
function givenValue(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return /^'.*'$/s.test(text) ? text.slice(1, -1) : text
  }
}

function parentOf(object: JsonObject, { parts }: AttributeKey): JsonObject {
  let place = object
  for (const { name } of parts.slice(0, -1)) {
    if (!Object.hasOwn(place, name)) define(place, name, {})
    const next = place[name]
    if (!isObject(next)) throw new CliError(`Attribute ${name} is not a JSON object`)
    place = next
  }
  return place
}

function setAt(object: JsonObject, key: AttributeKey, value: Json): void {
  const parent = parentOf(object, key)
  const last = key.parts.at(-1)
  if (last === undefined) return
  if (last.index === undefined && !key.append) {
    define(parent, last.name, value)
    return
  }
  const present = Object.hasOwn(parent, last.name) ? parent[last.name] : undefined
  const list = Array.isArray(present) ? present : []
  if (last.index === undefined) list.push(value)
  else {
    if (last.index > indexMax) throw new CliError(`Invalid array index: [${last.index}]`)
    while (list.length < last.index) list.push(null)
    list[last.index] = value
  }
  define(parent, last.name, list)
}

function deleteAt(object: JsonObject, key: AttributeKey): void {
  const parent = parentOf(object, key)
  const last = key.parts.at(-1)
  if (last === undefined) return
  const list = parent[last.name]
  if (last.index === undefined) delete parent[last.name]
  else if (Array.isArray(list)) list.splice(last.index, 1)
}

/** A member named `__proto__` is a member. */
function define(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/**
 * Lays a document over another: objects member by member, everything else takes the place of what was there.
 * @param target changed in place
 * @throws CliError when an object or array would be replaced by something of another kind
 */
export function mergeDocument(source: Json, target: JsonObject): void {
  if (!isObject(source)) throw new CliError(`Not a JSON object: ${JSON.stringify(source)}`)
  for (const [name, value] of Object.entries(source)) {
    const present = Object.hasOwn(target, name) ? target[name] : undefined
    if (isObject(present)) {
      if (!isObject(value)) throw incompatible(name, value)
      mergeDocument(value, present)
    } else if (Array.isArray(present) && !Array.isArray(value)) throw incompatible(name, value)
    else define(target, name, value)
  }
}

function incompatible(name: string, value: Json): CliError {
  return new CliError(`Attribute is of incompatible type - ${name}: ${JSON.stringify(value)}`)
}
