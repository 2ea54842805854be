import { z } from 'zod'
import { identifier, requiredText, text, textLists } from './scalars.ts'

/** Members of Keycloak's ComponentRepresentation and ComponentExportRepresentation alike. */
const members = { id: identifier, name: text, providerId: text, subType: text, config: textLists }

/** As Admin REST takes it: unknown members are refused. */
export const component = z.strictObject({ ...members, providerType: text, parentId: text })

/** As an import takes it: exports of all versions and hands; components lie in each other, and members that are not known are kept. */
export const importedComponent = z.looseObject({
  ...members,
  providerId: requiredText,
  get subComponents(): z.ZodType {
    return z.record(z.string(), z.array(importedComponent)).nullish()
  },
})
