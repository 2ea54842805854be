import { z } from 'zod'
import { anything, long, text, textLists, texts } from '../../../domains/realms/scalars.ts'
import { access, answerOf, listOf, stringLists } from './answer.ts'

const group = z.strictObject({
  id: text,
  name: text,
  description: text,
  path: text,
  parentId: text,
  subGroupCount: long,
  subGroups: anything,
  attributes: textLists,
  realmRoles: texts,
  clientRoles: anything,
  access: anything,
})

/** Keycloak's GroupRepresentation. */
export const groupShape = { name: 'GroupRepresentation', schema: group }
export type GroupBody = z.output<typeof group>

/** `subGroups` are groups again, as deep as the tree is. */
export const groupAnswer = answerOf(groupShape, {
  access,
  clientRoles: stringLists,
  subGroups: listOf(z.record(z.string(), z.unknown())),
})
