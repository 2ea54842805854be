import { disabledReasonAttribute } from './disabled-reason.ts'
import { pendingEmailAttribute } from './pending-email.ts'
import type { ProfileRole } from './user-profile.ts'

/** Written by federation alone, also where a realm lets attributes be written that its profile does not name. */
const ofFederation = [
  'KERBEROS_PRINCIPAL',
  'LDAP_ID',
  'LDAP_ENTRY_DN',
  'CREATED_TIMESTAMP',
  'createTimestamp',
  'modifyTimestamp',
]
/** What users may not write besides. */
const ofAdministrators = [
  'userCertificate',
  'saml.persistent.name.id.for.',
  'ENABLED',
  'EMAIL_VERIFIED',
  disabledReasonAttribute,
  'is_temporary_admin',
  pendingEmailAttribute,
]

/** @returns whether an attribute is the server's own, which this role may not change (Keycloak's read-only attributes) */
export function isInternalAttribute(name: string, role: ProfileRole): boolean {
  const names = role === 'admin' ? ofFederation : [...ofFederation, ...ofAdministrators]
  const lower = name.toLowerCase()
  return names.some((each) =>
    each.endsWith('.') ? lower.startsWith(each) : lower === each.toLowerCase(),
  )
}
