import { z } from 'zod'
import { role } from '../../../domains/roles/role-schema.ts'
import { answerOf, boolean, partly, string } from './answer.ts'

/** Keycloak's RoleRepresentation. */
export const roleShape = { name: 'RoleRepresentation', schema: role }
export type RoleBody = z.output<typeof role>

/** A list of roles, as mappings are added and removed. */
export const rolesShape = { name: 'RoleRepresentation', schema: z.array(role) }

export const roleAnswer = answerOf(roleShape)
const mappings = z.array(roleAnswer)
/** Keycloak's MappingsRepresentation: roles by where they belong. */
export const roleMappingsAnswer = partly('MappingsRepresentation', {
  realmMappings: mappings,
  clientMappings: z.record(
    string,
    partly('ClientMappingsRepresentation', { id: string, client: string, mappings }),
  ),
})
/** Roles as the admin console lists them. */
export const consoleRoleAnswer = partly('ClientRole', {
  id: string,
  role: string,
  name: string,
  description: string,
  clientRole: boolean,
  client: string,
  clientId: string,
})
