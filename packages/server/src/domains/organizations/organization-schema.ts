import { z } from 'zod'
import { importedGroup } from '../groups/group-schema.ts'
import {
  anything,
  flag,
  identifier,
  requiredText,
  text,
  textLists,
  texts,
} from '../realms/scalars.ts'

/** Members of Keycloak's OrganizationRepresentation but for what it consists of. */
const members = {
  id: identifier,
  name: text,
  alias: text,
  enabled: flag,
  description: text,
  redirectUrl: text,
  attributes: textLists,
  groups: anything,
}

/** As Admin REST takes it: unknown members are refused. */
export const organization = z.strictObject({
  ...members,
  domains: z.array(z.strictObject({ name: text, verified: flag })).nullish(),
  members: anything,
  identityProviders: anything,
})

/** As an import takes it: exports of all versions and hands; members that are not known are kept. */
export const importedOrganization = z.looseObject({
  ...members,
  name: requiredText,
  domains: z.array(z.looseObject({ name: z.string(), verified: flag })).nullish(),
  groups: z.array(importedGroup).nullish(),
  members: z
    .array(z.looseObject({ username: z.string(), membershipType: text, groups: texts }))
    .nullish(),
  identityProviders: z.array(z.looseObject({ alias: z.string().nullish() })).nullish(),
})
