import { z } from 'zod'
import { protocolMapper } from '../../../domains/realms/protocol-mapper-schema.ts'
import { answerOf } from './answer.ts'

/** Keycloak's ProtocolMapperRepresentation. */
export const protocolMapperShape = { name: 'ProtocolMapperRepresentation', schema: protocolMapper }

/** A list of mappers. */
export const protocolMappersShape = {
  name: 'ProtocolMapperRepresentation',
  schema: z.array(protocolMapper),
}

export const protocolMapperAnswer = answerOf(protocolMapperShape)
