import { z } from 'zod'
import { anything, flag, text, textLists } from '../../../domains/realms/scalars.ts'

const organization = z.strictObject({
  id: text,
  name: text,
  alias: text,
  enabled: flag,
  description: text,
  redirectUrl: text,
  attributes: textLists,
  domains: z.array(z.strictObject({ name: text, verified: flag })).nullish(),
  members: anything,
  identityProviders: anything,
  groups: anything,
})

/** Keycloak's OrganizationRepresentation. */
export const organizationShape = {
  name: 'OrganizationRepresentation',
  schema: organization,
  nested: { domains: 'OrganizationDomainRepresentation' },
}
export type OrganizationBody = z.output<typeof organization>
