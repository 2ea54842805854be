import { z } from 'zod'
import { group } from '../../../domains/groups/group-schema.ts'
import { access, answerOf, listOf, stringLists } from './answer.ts'

/** Keycloak's GroupRepresentation. */
export const groupShape = { name: 'GroupRepresentation', schema: group }
export type GroupBody = z.output<typeof group>

/** `subGroups` are groups again, as deep as the tree is. */
export const groupAnswer = answerOf(groupShape, {
  access,
  clientRoles: stringLists,
  subGroups: listOf(z.record(z.string(), z.unknown())),
})
