import { z } from 'zod'
import { boolean, listOf, partly, string, stringMap, strings, whole } from './answer.ts'

/** Keycloak's UserSessionRepresentation; `type` where the admin console lists them. */
export const sessionAnswer = partly('UserSessionRepresentation', {
  id: string,
  username: string,
  userId: string,
  ipAddress: string,
  start: whole,
  lastAccess: whole,
  rememberMe: boolean,
  clients: stringMap,
  transientUser: boolean,
  type: string,
})
/** What a user has granted to a client. */
export const consentAnswer = partly('UserConsentRepresentation', {
  clientId: string,
  grantedClientScopes: strings,
  createdDate: whole,
  lastUpdatedDate: whole,
  additionalGrants: listOf(z.strictObject({ client: string, key: string })),
})
