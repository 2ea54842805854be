import { z } from 'zod'
import { importedProtocolMapper, protocolMapper } from './protocol-mapper-schema.ts'
import { identifier, requiredText, shortText, text, textMap } from './scalars.ts'

/** Members of Keycloak's ClientScopeRepresentation but for its mappers. */
const members = {
  id: identifier,
  name: text,
  description: text,
  protocol: shortText,
  attributes: textMap,
}

/** As Admin REST takes it: unlike others, Keycloak leaves out unknown members of this one. */
export const clientScope = z.object({
  ...members,
  protocolMappers: z.array(protocolMapper).nullish(),
})

/** As an import takes it: exports of all versions and hands; members that are not known are kept. */
export const importedClientScope = z.looseObject({
  ...members,
  name: requiredText,
  protocolMappers: z.array(importedProtocolMapper).nullish(),
})
