import { administrationRoleNames } from '../../domains/administration/administration-roles.ts'
import type { Component } from '../../domains/realms/realm.ts'
import type { AdminCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest } from './admin-error.ts'
import { anyOfWhere } from './permission.ts'

/** Who may do everything in a realm: steps may do what no single role allows. */
export const mayHandleWorkflows = anyOfWhere(
  ['realm-admin', 'manage-realm'],
  ({ permissions }) =>
    permissions.holdsAny(['realm-admin']) ||
    administrationRoleNames.every((role) => permissions.holdsAny([role])),
)
export const workflowPath = '/workflows/:workflowId'

/** @throws HttpError 400 where there is none */
export function requireWorkflow(
  { workflows }: Pick<AdminDeps, 'workflows'>,
  { realm }: AdminCall,
  id = '',
): Component {
  const found = workflows.byId(realm, id)
  if (!found) throw badRequest(`Not a valid workflow resource: ${id}`)
  return found
}

/** @returns the value for whoever takes JSON by name; sends it as YAML to everybody else */
export async function workflowAnswer(
  { request, reply }: AdminCall,
  value: unknown,
): Promise<unknown> {
  if (/application\/json/i.test(request.headers.accept ?? '')) return value
  const { stringify } = await import('yaml')
  const options = {
    schema: 'yaml-1.1',
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    indentSeq: false,
    lineWidth: 0,
  } as const
  return reply
    .header('cache-control', 'no-cache')
    .type('application/yaml;charset=UTF-8')
    .send(`---\n${stringify(value, options)}`)
}
