import { z } from 'zod'
import { anything, flag, text, textLists, texts } from '../../../domains/realms/scalars.ts'

const role = z.strictObject({
  id: text,
  name: text,
  description: text,
  scopeParamRequired: flag,
  composite: flag,
  composites: z
    .strictObject({
      realm: texts,
      client: z.record(z.string(), z.array(z.string())).nullish(),
      application: anything,
    })
    .nullish(),
  clientRole: flag,
  containerId: text,
  attributes: textLists,
})

/** Keycloak's RoleRepresentation. */
export const roleShape = { name: 'RoleRepresentation', schema: role }
export type RoleBody = z.output<typeof role>

/** A list of roles, as mappings are added and removed. */
export const rolesShape = { name: 'RoleRepresentation', schema: z.array(role) }
