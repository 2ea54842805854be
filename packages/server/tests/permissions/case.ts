/** A write of Admin REST, below the realm. `{name}` stands for the id of a victim of whoever sends it. */
export interface Case {
  readonly name: string
  readonly method: 'DELETE' | 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly body?: unknown
}

/** @returns cases from rows of name (which begins with the method), path and body */
export function each(rows: readonly (readonly [string, string, unknown?])[]): Case[] {
  return rows.map(([line, path, body]) => {
    const [method = ''] = line.split(' ')
    return {
      name: line,
      method: method as Case['method'],
      path,
      ...(body === undefined ? {} : { body }),
    }
  })
}

export const plainRole = [{ id: '{realmRole}', name: 'role-{who}' }]
export const clientRole = [{ id: '{clientRole}', name: 'client-role-{who}' }]
export const viewUsers = [{ id: '{viewUsers}', name: 'view-users' }]
export const realmAdmin = [{ id: '{realmAdmin}', name: 'realm-admin' }]
export const mapper = {
  name: 'mapper-{who}',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': 'a', 'claim.value': 'b' },
}
