import type { Policy, ResourceServer } from '../../../domains/authorization/resource-server.ts'
import type { AdminCall } from '../admin-call.ts'

/** @returns whether a list of policies that was asked for has this one */
export function matchesPolicyQuery(
  { query }: Pick<AdminCall, 'query'>,
  server: ResourceServer,
  policy: Policy,
): boolean {
  const refersTo = (
    parameter: string,
    entries: readonly { id: string; name: string }[],
    ids: readonly string[],
  ) => {
    const wanted = query.text(parameter)
    if (wanted === undefined || wanted === '') return true
    return entries.some(
      (entry) => ids.includes(entry.id) && (entry.id === wanted || entry.name === wanted),
    )
  }
  const name = query.text('name')?.toLowerCase() ?? ''
  return (
    policy.name.toLowerCase().includes(name) &&
    (query.text('type') ?? policy.type) === policy.type &&
    (query.text('policyId') ?? policy.id) === policy.id &&
    isAbout(policy, query.text('resourceType')) &&
    refersTo('resource', server.resources, policy.resourceIds) &&
    refersTo('scope', server.scopes, policy.scopeIds)
  )
}

/** @param resourceType absent = whatever it is about */
function isAbout({ config }: Policy, resourceType: string | undefined): boolean {
  return resourceType === undefined || config['defaultResourceType'] === resourceType
}
