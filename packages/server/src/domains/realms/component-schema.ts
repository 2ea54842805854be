import { z } from 'zod'
import { identifier, requiredShortText, shortText, textLists } from './scalars.ts'

/** Members of Keycloak's ComponentRepresentation and ComponentExportRepresentation alike. */
const members = {
  id: identifier,
  name: shortText,
  providerId: shortText,
  subType: shortText,
  config: textLists,
}

/** As Admin REST takes it: unknown members are refused. */
export const component = z.strictObject({
  ...members,
  providerType: shortText,
  parentId: identifier,
})

/** As an import takes it: exports of all versions and hands; components lie in each other, and members that are not known are kept. */
export const importedComponent = z.looseObject({
  ...members,
  providerId: requiredShortText,
  get subComponents(): z.ZodType {
    return z.record(z.string(), z.array(importedComponent)).nullish()
  },
})
