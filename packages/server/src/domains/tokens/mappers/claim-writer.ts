import { ownMember } from '../../../shared/own-member.ts'
import type { Claims } from '../token-context.ts'

type Config = Readonly<Record<string, string>>

/** Claims that only the server sets; a mapper that names one is ignored, as in Keycloak. */
const reserved: ReadonlySet<string> = new Set([
  'jti',
  'typ',
  'iat',
  'exp',
  'iss',
  'scope',
  'nonce',
  'at_hash',
  'cnf',
])

/** @returns the path of a claim name: dots nest, `\.` is a dot of the name itself; empty for none */
export function claimPath(name: string): string[] {
  if (name === '') return []
  return name.split(/(?<!\\)\./).map((part) => part.replaceAll('\\.', '.'))
}

/** @returns one value in the type that the mapper's `jsonType.label` names; undefined when it does not parse */
function typed(value: unknown, type: string | undefined): unknown {
  switch (type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : String(value).toLowerCase() === 'true'
    case 'int':
    case 'long': {
      const number = typeof value === 'number' ? value : Number(String(value).trim() || Number.NaN)
      return Number.isFinite(number) ? Math.trunc(number) : undefined
    }
    case 'JSON':
      if (typeof value !== 'string') return value
      try {
        return JSON.parse(value) as unknown
      } catch {
        return undefined
      }
    case 'String':
      return typeof value === 'string' ? value : String(value)
    default:
      return value
  }
}

/** Puts a value at a path; objects on the way are made, and what stands in the way is replaced. */
export function setAtPath(claims: Claims, path: readonly string[], value: unknown): void {
  const [first] = path
  if (first === undefined || (path.length === 1 && reserved.has(first))) return
  let place: Claims = claims
  for (const part of path.slice(0, -1)) {
    if (part === '__proto__') return
    const next = ownMember(place, part)
    if (next === null || typeof next !== 'object' || Array.isArray(next)) {
      const made: Claims = {}
      place[part] = made
      place = made
    } else {
      place = next as Claims
    }
  }
  const last = path[path.length - 1] as string
  if (last !== '__proto__') place[last] = value
}

/**
 * Writes a mapper's value as its configuration says (`claim.name`, `jsonType.label`, `multivalued`).
 * @param path where `claim.name` points
 * @param value one value or many; nothing is written for none
 * @param multivalued overrides the configuration, for mappers that always give a list
 */
export function writeClaim(
  claims: Claims,
  config: Config,
  path: readonly string[],
  value: unknown,
  multivalued: boolean = config['multivalued'] === 'true',
): void {
  if (value === undefined || value === null) return
  if (path.length === 0) return
  const type = config['jsonType.label']
  const values = Array.isArray(value) ? value.filter((each) => each !== null) : [value]
  if (values.length === 0) return
  if (multivalued) {
    const list = values.map((each) => typed(each, type)).filter((each) => each !== undefined)
    setAtPath(claims, path, list)
    return
  }
  const single = typed(values[0], type)
  if (single !== undefined) setAtPath(claims, path, single)
}

/** Adds an audience to a token; `aud` is a list while it is built. */
export function addAudience(claims: Claims, audience: string): void {
  const present = claims['aud']
  const list = Array.isArray(present) ? present : present === undefined ? [] : [present]
  if (!list.includes(audience)) list.push(audience)
  claims['aud'] = list
}
