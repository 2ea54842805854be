import type { DatabaseHost } from '../database/database-settings.ts'

/** What an address of a PostgreSQL says; what it leaves out is undefined. */
export interface PostgresUrl {
  /** In the order in which they are tried; none when the address names no host. */
  readonly hosts: readonly DatabaseHost[]
  readonly database: string | undefined
  readonly user: string | undefined
  readonly password: string | undefined
  readonly properties: URLSearchParams
}

const defaultPort = 5432
const portMax = 65_535

/**
 * Reads `postgres://user:password@host:port/database?properties` (libpq, section 32.1.1.2 of PostgreSQL's manual) and the
 * JDBC forms `jdbc:postgresql://host1:port1,host2:port2/database?properties`, `jdbc:postgresql:database` and
 * `jdbc:postgresql:/`.
 * @returns undefined when the text is none of them
 */
export function parsePostgresUrl(text: string): PostgresUrl | undefined {
  const scheme = /^(?:jdbc:postgresql|postgres|postgresql):/.exec(text)?.[0]
  if (scheme === undefined) return undefined
  const [address = '', query = ''] = splitOnce(text.slice(scheme.length), '?')
  const properties = new URLSearchParams(query)
  try {
    if (address.startsWith('//')) return withAuthority(address.slice(2), properties)
    if (!scheme.startsWith('jdbc:')) return undefined
    const name = address.replace(/^\//, '')
    return { ...withAuthority('', properties), database: decoded(name) }
  } catch {
    // A `%` that begins no escape, or a host that is none.
    return undefined
  }
}

function withAuthority(address: string, properties: URLSearchParams): PostgresUrl {
  const [authority = '', path = ''] = splitOnce(address, '/')
  const at = authority.lastIndexOf('@')
  const [user = '', password = ''] = splitOnce(authority.slice(0, Math.max(at, 0)), ':')
  const places = authority.slice(at + 1)
  return {
    hosts: places === '' ? [] : places.split(',').map(parseHost),
    database: decoded(path),
    user: decoded(user),
    password: decoded(password),
    properties,
  }
}

function parseHost(text: string): DatabaseHost {
  const match = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  const port = Number(match?.[3] ?? defaultPort)
  if (host === undefined || port === 0 || port > portMax) throw new TypeError('no host')
  return { host: decodeURIComponent(host), port }
}

function decoded(text: string): string | undefined {
  return text === '' ? undefined : decodeURIComponent(text)
}

function splitOnce(text: string, separator: string): string[] {
  const index = text.indexOf(separator)
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)]
}
