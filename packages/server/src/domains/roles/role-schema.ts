import { z } from 'zod'
import {
  anything,
  flag,
  identifier,
  requiredText,
  text,
  textLists,
  texts,
  textsByName,
} from '../realms/scalars.ts'

/** Members of Keycloak's RoleRepresentation but for the roles in it. */
const members = {
  id: identifier,
  name: text,
  description: text,
  scopeParamRequired: flag,
  composite: flag,
  clientRole: flag,
  containerId: text,
  attributes: textLists,
}
const composites = { realm: texts, client: textsByName, application: anything }

/** As Admin REST takes it: unknown members are refused. */
export const role = z.strictObject({
  ...members,
  composites: z.strictObject(composites).nullish(),
})

/** As an import takes it: exports of all versions and hands; members that are not known are kept. */
export const importedRole = z.looseObject({
  ...members,
  name: requiredText,
  composites: z.looseObject(composites).nullish(),
})
