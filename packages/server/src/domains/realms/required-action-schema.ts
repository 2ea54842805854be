import { z } from 'zod'
import { flag, integer, requiredShortText, shortText, textMap } from './scalars.ts'

/** Members of Keycloak's RequiredActionProviderRepresentation. */
const members = {
  alias: shortText,
  name: shortText,
  providerId: shortText,
  enabled: flag,
  defaultAction: flag,
  priority: integer,
  config: textMap,
}

/** As Admin REST takes it: unknown members are refused. */
export const requiredAction = z.strictObject(members)

/** As an import takes it: exports of all versions and hands; members that are not known are kept. */
export const importedRequiredAction = z.looseObject({ ...members, alias: requiredShortText })
