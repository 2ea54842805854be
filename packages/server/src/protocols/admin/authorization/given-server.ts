import { exportedServerSchema } from '../../../domains/authorization/exported-server-schema.ts'
import { PolicyReferences } from '../../../domains/authorization/policy-references.ts'
import type { ResourceServer } from '../../../domains/authorization/resource-server.ts'
import {
  type ExportedServer,
  importedServer,
  resolvedPolicies,
} from '../../../domains/authorization/resource-server-settings.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'

type Deps = Pick<AdminDeps, 'clients' | 'groups' | 'roles' | 'users'>

/**
 * Reads what a client protects, as it travels, and what it refers to.
 * @returns the change that takes it over
 * @throws ModelError `invalid` for what refers to something that is not there
 */
export async function givenServer(
  { deps, realm }: AdminCall<unknown, Deps>,
  given: ExportedServer,
): Promise<(server: ResourceServer) => ResourceServer> {
  const policies = await resolvedPolicies(given, new PolicyReferences(deps).subjectsOf(realm))
  const owners = new Map<string, string>()
  for (const { owner } of given.resources ?? []) {
    const user = owner?.name ? await deps.users.byUsername(realm.id, owner.name) : null
    if (user && owner?.name) owners.set(owner.name, user.id)
  }
  return (server) => importedServer(server, given, policies, owners)
}

/** @throws HttpError 400 for what is no ResourceServerRepresentation */
export function readServer(given: unknown): ExportedServer {
  const read = exportedServerSchema.safeParse(given)
  if (read.success) return read.data as ExportedServer
  throw badRequest(`authorizationSettings.${read.error.issues[0]?.path.join('.')} cannot be read`)
}
