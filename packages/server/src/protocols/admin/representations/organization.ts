import type { z } from 'zod'
import { organization } from '../../../domains/organizations/organization-schema.ts'
import { answerOf, partly, string, whole } from './answer.ts'

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
