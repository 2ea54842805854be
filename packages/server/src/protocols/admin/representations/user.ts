import type { z } from 'zod'
import { credential, federatedIdentity, user } from '../../../domains/users/user-schema.ts'
import { access, answerOf, boolean, partly, string, stringLists, strings, whole } from './answer.ts'
import { profileMetadataAnswer } from './user-profile.ts'

/** Keycloak's UserRepresentation. */
export const userShape = { name: 'UserRepresentation', schema: user }
export type UserBody = z.output<typeof user>

/** Keycloak's CredentialRepresentation. */
export const credentialShape = { name: 'CredentialRepresentation', schema: credential }
export type CredentialBody = z.output<typeof credential>

/** Keycloak's FederatedIdentityRepresentation. */
export const federatedIdentityShape = {
  name: 'FederatedIdentityRepresentation',
  schema: federatedIdentity,
}

const byClient = stringLists
/** What users' logins have done wrong lately. */
export const bruteForceAnswer = partly('BruteForceStatus', {
  failedLoginNotBefore: whole,
  numFailures: whole,
  numTemporaryLockouts: whole,
  numSecondaryAuthFailures: whole,
  disabled: boolean,
  lastIPFailure: string,
  lastFailure: whole,
})
export const userAnswer = answerOf(userShape, {
  access,
  userProfileMetadata: profileMetadataAnswer,
  disableableCredentialTypes: strings,
  realmRoles: strings,
  clientRoles: byClient,
  membershipType: string,
  bruteForceStatus: bruteForceAnswer,
})
export const credentialAnswer = answerOf(credentialShape)
export const federatedIdentityAnswer = answerOf(federatedIdentityShape)
