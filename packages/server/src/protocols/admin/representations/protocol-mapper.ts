import { z } from 'zod'
import { protocolMapper } from '../../../domains/realms/protocol-mapper-schema.ts'

/** Keycloak's ProtocolMapperRepresentation. */
export const protocolMapperShape = { name: 'ProtocolMapperRepresentation', schema: protocolMapper }

/** A list of mappers. */
export const protocolMappersShape = {
  name: 'ProtocolMapperRepresentation',
  schema: z.array(protocolMapper),
}
