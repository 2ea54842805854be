import type { AdminConnection } from './admin-connection.ts'
import { CliError } from './cli-error.ts'
import { isObject, type Json } from './json-text.ts'
import type { ParsedCommand } from './parsed-command.ts'
import { withQueries } from './request-command.ts'

/** Users, groups and composite roles hold roles. */
export type HolderKind = 'user' | 'group' | 'role'

const exclusive: readonly (readonly [names: readonly string[], text: string])[] = [
  [['uid', 'uusername'], '--uid and --uusername are mutually exclusive'],
  [['gid', 'gname', 'gpath'], '--gid, --gname and --gpath are mutually exclusive'],
  [['roleid', 'rolename'], '--roleid and --rolename are mutually exclusive'],
  [['rid', 'rname'], '--rid and --rname are mutually exclusive'],
  [['cid', 'cclientid'], '--cid and --cclientid are mutually exclusive'],
]
const optionsOf: Readonly<Record<HolderKind, string>> = {
  user: '--uusername / --uid',
  group: '--gname / --gid / --gpath',
  role: '--rname / --rid',
}

/** @throws CliError when options contradict each other */
export function requireOneHolder({ values }: ParsedCommand): void {
  for (const [names, text] of exclusive) {
    if (names.filter((name) => values.has(name)).length > 1) throw incompatible(text)
  }
  const kinds = holderKinds(values)
  const both = (a: HolderKind, b: HolderKind) => kinds.includes(a) && kinds.includes(b)
  const at = "can't be used at the same time as"
  if (both('user', 'group')) throw incompatible(`${optionsOf.user} ${at} ${optionsOf.group}`)
  if (both('user', 'role')) throw incompatible(`${optionsOf.user} ${at} ${optionsOf.role}`)
  if (both('group', 'role')) throw incompatible(`${optionsOf.role} ${at} ${optionsOf.group}`)
}

export function incompatible(text: string): CliError {
  return new CliError(`Incompatible options: ${text}`, true)
}

function holderKinds(values: ReadonlyMap<string, string>): HolderKind[] {
  const has = (...names: string[]) => names.some((name) => values.has(name))
  return [
    ...(has('uid', 'uusername') ? (['user'] as const) : []),
    ...(has('gid', 'gname', 'gpath') ? (['group'] as const) : []),
    ...(has('rid', 'rname') ? (['role'] as const) : []),
  ]
}

/** @returns which kind of holder the command names */
export function holderKind({ values }: ParsedCommand): HolderKind | undefined {
  return holderKinds(values)[0]
}

/** @returns the id of the user, group or composite role that the command names by whatever */
export async function holderId(
  kind: HolderKind,
  { values }: ParsedCommand,
  connection: AdminConnection,
): Promise<string> {
  const exact = { exact: 'true' }
  switch (kind) {
    case 'user':
      return (
        values.get('uid') ??
        (await found(connection, 'users', 'username', values.get('uusername') ?? '', exact))
      )
    case 'group': {
      const path = values.get('gpath')
      if (path !== undefined) return await found(connection, 'groups', 'path', path)
      const name = values.get('gname') ?? ''
      return (
        values.get('gid') ??
        (await found(connection, 'groups', 'name', name, { search: name, ...exact }))
      )
    }
    case 'role': {
      const name = values.get('rname') ?? ''
      const search = { search: name, first: '0', max: '2' }
      return values.get('rid') ?? (await found(connection, 'roles', 'name', name, search))
    }
  }
}

/** @returns the id of the client that the command names, undefined when it names none */
export async function clientUuid(
  { values }: ParsedCommand,
  connection: AdminConnection,
): Promise<string | undefined> {
  const clientId = values.get('cclientid')
  if (clientId === undefined) return values.get('cid')
  return await found(connection, 'clients', 'clientId', clientId)
}

/**
 * Looks a thing up by a member that is unique.
 * @param queries of the search; by default the member itself, and the first two
 * @returns its id, or the member `wanted`
 * @throws CliError when there is none, or more than one
 */
export async function found(
  connection: AdminConnection,
  resource: string,
  member: string,
  value: string,
  queries: Readonly<Record<string, string>> = { first: '0', max: '2' },
  wanted = 'id',
): Promise<string> {
  const asked = 'search' in queries ? queries : { [member]: value, ...queries }
  const url = withQueries(connection.urlOf(resource), new Map(Object.entries(asked)))
  const answer = await connection.read(url)
  const all: Json[] = Array.isArray(answer) ? answer : []
  const matching = all.filter(isObject).filter((item) => item[member] === value)
  if (matching.length > 1) throw new CliError(`Multiple ${resource} found for ${member}: ${value}`)
  const type = resource.endsWith('s') ? resource.slice(0, -1) : resource
  const title = type.charAt(0).toUpperCase() + type.slice(1)
  const [match] = matching
  if (match !== undefined) return String(match[wanted])
  throw new CliError(
    all.length > 1
      ? `Some matches, but not an exact match, found for ${title} with ${member}: ${value}. Try using a more unique search, such as an id.`
      : `${title} not found for ${member}: ${value}`,
  )
}
