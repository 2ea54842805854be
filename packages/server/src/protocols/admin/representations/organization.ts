import { z } from 'zod'
import { anything, flag, text, textLists } from '../../../domains/realms/scalars.ts'
import { answerOf, partly, string, whole } from './answer.ts'

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

export const organizationAnswer = answerOf(organizationShape)
/** Keycloak's OrganizationInvitationRepresentation. */
export const invitationAnswer = partly('OrganizationInvitationRepresentation', {
  id: string,
  organizationId: string,
  email: string,
  firstName: string,
  lastName: string,
  sentDate: whole,
  expiresAt: whole,
  status: string,
  inviteLink: string,
})
