import { z } from 'zod'
import { flag, text, textMap } from './scalars.ts'

export const protocolMapper = z.strictObject({
  id: text,
  name: text,
  protocol: text,
  protocolMapper: text,
  consentRequired: flag,
  consentText: text,
  config: textMap,
})

/** Keycloak's ProtocolMapperRepresentation. */
export const protocolMapperShape = { name: 'ProtocolMapperRepresentation', schema: protocolMapper }
export type ProtocolMapperBody = z.output<typeof protocolMapper>

/** A list of mappers. */
export const protocolMappersShape = {
  name: 'ProtocolMapperRepresentation',
  schema: z.array(protocolMapper),
}
