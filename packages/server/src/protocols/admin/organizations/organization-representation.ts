import type { Organization } from '../../../domains/organizations/organization.ts'

/** @returns Keycloak's OrganizationRepresentation; brief without attributes */
export function organizationRepresentation(organization: Organization, brief: boolean) {
  const { id, name, alias, enabled, description, redirectUrl, attributes, domains } = organization
  return {
    id,
    name,
    alias,
    enabled,
    ...(description === null ? {} : { description }),
    ...(redirectUrl === null ? {} : { redirectUrl }),
    ...(brief ? {} : { attributes }),
    ...(domains.length > 0 ? { domains } : {}),
  }
}
