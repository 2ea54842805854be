import { AdminConnection } from './admin-connection.ts'
import { CliError } from './cli-error.ts'
import { isObject, type Json } from './json-text.ts'
import type { ParsedCommand } from './parsed-command.ts'
import { requestCommand } from './request-command.ts'
import {
  clientUuid,
  found,
  holderId,
  holderKind,
  incompatible,
  requireOneHolder,
} from './role-holder.ts'
import type { Terminal } from './terminal.ts'

const noHolder =
  'No user nor group nor composite role specified. Use --uusername / --uid to specify user or --gname / --gid / --gpath to specify group or --rname / --rid to specify a composite role'

/** `add-roles` and `remove-roles`. */
export async function changeRoles(
  action: 'add' | 'remove',
  command: ParsedCommand,
  terminal: Terminal,
): Promise<void> {
  const names = command.lists.get('roleNames') ?? []
  const ids = command.lists.get('roleIds') ?? []
  requireOneHolder(command)
  if (names.length === 0 && ids.length === 0) {
    throw new CliError(
      `No role to ${action} specified. Use --rolename or --roleid to specify roles to ${action}`,
      true,
    )
  }
  const kind = holderKind(command)
  if (kind === undefined) throw new CliError(noHolder, true)
  const connection = await AdminConnection.open(command, terminal)
  const id = await holderId(kind, command, connection)
  const client = await clientUuid(command, connection)
  const list = await connection.read(
    connection.urlOf(client === undefined ? 'roles' : `clients/${client}/roles`),
  )
  const roles = chosenRoles(Array.isArray(list) ? list : [], names, ids)
  const mappings = client === undefined ? 'realm' : `clients/${client}`
  const url = connection.urlOf(
    kind === 'role' ? `roles-by-id/${id}/composites` : `${kind}s/${id}/role-mappings/${mappings}`,
  )
  await connection.write(action === 'add' ? 'POST' : 'DELETE', url, roles)
}

function chosenRoles(all: readonly Json[], names: readonly string[], ids: readonly string[]) {
  const pick = (member: 'name' | 'id', value: string) => {
    const role = all.find((item) => isObject(item) && item[member] === value)
    if (role === undefined) throw new CliError(`Role not found for ${member}: ${value}`)
    return role
  }
  return [
    ...new Set([...names.map((name) => pick('name', name)), ...ids.map((id) => pick('id', id))]),
  ]
}

/** `get-roles`: of a realm, a client, a user, a group or a composite role. */
export async function getRoles(command: ParsedCommand, terminal: Terminal): Promise<void> {
  const { flags } = command
  requireOneHolder(command)
  for (const other of ['effective', 'available']) {
    if (flags.has('all') && flags.has(other)) {
      throw incompatible(`--all can't be used at the same time as --${other}`)
    }
  }
  const connection = await AdminConnection.open(command, terminal)
  const resource = await rolesResource(command, connection, terminal.program)
  await requestCommand({ method: 'GET', prints: true }, command, terminal, resource)
}

async function rolesResource(
  command: ParsedCommand,
  connection: AdminConnection,
  program: string,
): Promise<string> {
  const { flags, values } = command
  const kind = holderKind(command)
  if (kind === 'role') return await compositesResource(command, connection, program)
  const id = kind === undefined ? undefined : await holderId(kind, command, connection)
  const client = await clientUuid(command, connection)
  if (kind === undefined) {
    const list = client === undefined ? 'roles' : `clients/${client}/roles`
    const name = values.get('rolename')
    const roleId = values.get('roleid')
    if (roleId !== undefined) return `roles-by-id/${roleId}`
    return name === undefined ? list : `${list}/${encodeURIComponent(name)}`
  }
  const mappings = `${kind}s/${id}/role-mappings`
  if (client === undefined && flags.has('all')) return mappings
  const of = client === undefined ? 'realm' : `clients/${client}`
  const which = flags.has('available') ? '/available' : flags.has('effective') ? '/composite' : ''
  return `${mappings}/${of}${which}`
}

async function compositesResource(
  command: ParsedCommand,
  connection: AdminConnection,
  program: string,
): Promise<string> {
  const { flags, values } = command
  const client = await clientUuid(command, connection)
  const of = client === undefined ? '' : ` --cid ${client}`
  const what =
    client === undefined ? 'full list of realm roles' : 'full list of client roles for that client'
  if (flags.has('available')) {
    throw new CliError(
      `Option --available not supported with composite roles. Try '${program} get-roles${of}' for ${what}`,
      true,
    )
  }
  if (flags.has('effective')) {
    throw new CliError('Option --effective not supported with composite roles.', true)
  }
  const name = values.get('rname')
  const role =
    name === undefined ? `roles-by-id/${values.get('rid')}` : `roles/${encodeURIComponent(name)}`
  if (client !== undefined) return `${role}/composites/clients/${client}`
  return `${role}/composites${flags.has('all') ? '' : '/realm'}`
}

/** `set-password`. */
export async function setPassword(command: ParsedCommand, terminal: Terminal): Promise<void> {
  const { flags, values } = command
  const username = values.get('username')
  const userId = values.get('userid')
  if (username === undefined && userId === undefined) {
    throw new CliError('No user specified. Use --username or --userid to specify user', true)
  }
  if (username !== undefined && userId !== undefined) {
    throw new CliError('Options --userid and --username are mutually exclusive', true)
  }
  const value =
    values.get('pass') ?? terminal.variable('KC_CLI_PASSWORD') ?? (await terminal.ask('password'))
  if (value === undefined) {
    throw new CliError('Console is not active, but password is required')
  }
  const connection = await AdminConnection.open(command, terminal)
  const exact = { exact: 'true' }
  const id = userId ?? (await found(connection, 'users', 'username', username ?? '', exact))
  const credential = { type: 'password', value, temporary: flags.has('temporary') }
  await connection.write('PUT', connection.urlOf(`users/${id}/reset-password`), credential, false)
}
