import { z } from 'zod'
import { realmMemberTypes } from './realm-members.ts'
import { anything, flag, integer, long, text, textMap, texts } from './scalars.ts'

/** The schema of each type that the table of members names. */
const schemas = {
  anything,
  flag,
  integer,
  long,
  strategy: z
    .enum(['LINEAR', 'MULTIPLE'])
    .nullish()
    .transform((value) => value ?? undefined),
  text,
  textMap,
  texts,
}

type Members = {
  -readonly [Name in keyof typeof realmMemberTypes]: (typeof schemas)[(typeof realmMemberTypes)[Name]]
}

/** Schemas of all members of Keycloak's RealmRepresentation. */
export const realmMembers = Object.fromEntries(
  Object.entries(realmMemberTypes).map(([name, type]) => [name, schemas[type]]),
) as Members
