import type { FastifyInstance } from 'fastify'
import { registerOwnerPolicies } from './owner-policy-routes.ts'
import { registerPermissions } from './permission-routes.ts'
import type { ProtectionDeps } from './protection-call.ts'
import { registerResourceSet } from './resource-set-routes.ts'
import type { UmaTicketGrantDeps } from './uma-ticket-grant.ts'

/** What UMA needs beside what every OpenID Connect endpoint has. */
export type UmaParts = Pick<
  UmaTicketGrantDeps & ProtectionDeps,
  'resourceServers' | 'permissionTickets' | 'groups' | 'patterns'
>

/** The protection API of realms: `/realms/{realm}/authz/protection/…`. */
export function registerProtection(app: FastifyInstance, deps: ProtectionDeps): void {
  registerResourceSet(app, deps)
  registerPermissions(app, deps)
  registerOwnerPolicies(app, deps)
}
