import { z } from 'zod'
import { realmMembers } from '../../../domains/realms/realm-schema.ts'
import { answerOf } from './answer.ts'

const realm = z.strictObject(realmMembers)

/** Keycloak's RealmRepresentation. Members that are objects of their own are checked where they are used. */
export const realmShape = { name: 'RealmRepresentation', schema: realm }
export type RealmBody = z.output<typeof realm>

export const realmAnswer = answerOf(realmShape)
