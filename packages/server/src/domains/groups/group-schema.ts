import { z } from 'zod'
import {
  anything,
  identifier,
  long,
  requiredText,
  text,
  textLists,
  texts,
  textsByName,
} from '../realms/scalars.ts'

/** Members of Keycloak's GroupRepresentation but for the groups in it. */
const members = {
  id: identifier,
  name: text,
  description: text,
  path: text,
  parentId: text,
  subGroupCount: long,
  attributes: textLists,
  realmRoles: texts,
  clientRoles: textsByName,
  access: anything,
}

/** As Admin REST takes it: unknown members are refused, and groups in it are passed over. */
export const group = z.strictObject({ ...members, subGroups: anything })

/** As an import takes it, with the groups in it: exports of all versions and hands; members that are not known are kept. */
export const importedGroup = z.looseObject({
  ...members,
  name: requiredText,
  get subGroups(): z.ZodType {
    return z.array(importedGroup).nullish()
  },
})
