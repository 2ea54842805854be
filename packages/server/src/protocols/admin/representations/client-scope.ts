import { z } from 'zod'
import { protocolMapper } from '../../../domains/realms/protocol-mapper-schema.ts'
import { text, textMap } from '../../../domains/realms/scalars.ts'
import { answerOf } from './answer.ts'

/** Unlike others, Keycloak takes this one with unknown members. */
const clientScope = z.object({
  id: text,
  name: text,
  description: text,
  protocol: text,
  attributes: textMap,
  protocolMappers: z.array(protocolMapper).nullish(),
})

/** Keycloak's ClientScopeRepresentation. */
export const clientScopeShape = { name: 'ClientScopeRepresentation', schema: clientScope }
export type ClientScopeBody = z.output<typeof clientScope>

export const clientScopeAnswer = answerOf(clientScopeShape)
