import type { Refusal } from './profile-refusal.ts'

export interface AllowedUris {
  readonly schemes: readonly string[]
  readonly allowFragment: boolean
}

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const illegal = /[\u0000-\u0020<>"{}|\\^`\u007f]|%(?![\da-fA-F]{2})/

/** The rule of Keycloak's validator `uri`, with the words of Java's parser. @returns why it is refused, or null */
export function uriRefusal(value: string, allowed: AllowedUris): Refusal | null {
  const invalid = (why: string) => ({ message: 'error-invalid-uri', params: [value, why] })
  const found = illegal.exec(value)
  if (found) {
    return invalid(
      `Illegal character in ${partAt(value, found.index)} at index ${found.index}: ${value}`,
    )
  }
  const start = scheme.exec(value)?.[0]
  if (start === undefined) return invalid('URI is not absolute')
  const at = start.length
  if (value.length === at) return invalid(`Expected scheme-specific part at index ${at}: ${value}`)
  if (value.slice(at) === '//') return invalid(`Expected authority at index ${at + 2}: ${value}`)
  const name = start.slice(0, -1)
  if (!allowed.schemes.includes(name)) {
    return { message: 'error-invalid-uri-scheme', params: [value, name] }
  }
  const hash = value.indexOf('#')
  if (hash !== -1 && !allowed.allowFragment) {
    return { message: 'error-invalid-uri-fragment', params: [value, value.slice(hash + 1)] }
  }
  return null
}

function partAt(value: string, index: number): string {
  const before = value.slice(0, index)
  if (before.includes('#')) return 'fragment'
  if (before.includes('?')) return 'query'
  const start = scheme.exec(value)?.[0]
  if (start === undefined) return value.startsWith('//') ? 'authority' : 'path'
  if (index < start.length) return 'scheme name'
  if (!value.startsWith('//', start.length)) {
    return value[start.length] === '/' ? 'path' : 'opaque part'
  }
  return before.indexOf('/', start.length + 2) === -1 ? 'authority' : 'path'
}
