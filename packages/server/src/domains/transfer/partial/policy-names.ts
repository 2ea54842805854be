import type { ClientId } from '../../typed-ids.ts'
import type { ClientExport } from '../representation.ts'

interface NamedByPolicies {
  readonly clientIds: readonly ClientId[]
  readonly groupPaths: readonly string[]
}

/** @returns the clients (also those whose roles are meant) and groups that policies of the clients' settings name */
export function namedByPolicies(clients: readonly ClientExport[]): NamedByPolicies {
  const configs = clients.flatMap(({ authorizationSettings }) => {
    const { policies } = (authorizationSettings ?? {}) as { policies?: unknown }
    return (Array.isArray(policies) ? policies : []).map(
      (policy) => ((policy ?? {}) as { config?: Record<string, unknown> }).config ?? {},
    )
  })
  const roles = configs.flatMap((config) => membersOf(config['roles'], 'id'))
  return {
    clientIds: [
      ...configs.flatMap((config) => membersOf(config['clients'], 'id')),
      ...roles.map((role) => role.split('/')[0] ?? ''),
    ],
    groupPaths: configs.flatMap((config) => membersOf(config['groups'], 'path')),
  }
}

/** Lists in the settings of policies are texts of JSON; what cannot be read is refused when the settings are taken over. */
function membersOf(value: unknown, member: string): string[] {
  let list: unknown
  try {
    list = JSON.parse(String(value ?? '[]'))
  } catch {
    return []
  }
  if (!Array.isArray(list)) return []
  return list.flatMap((each: unknown) => {
    const text = typeof each === 'string' ? each : (each as Record<string, unknown>)?.[member]
    return typeof text === 'string' ? [text] : []
  })
}
