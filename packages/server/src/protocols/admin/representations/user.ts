import { z } from 'zod'
import {
  anything,
  flag,
  integer,
  long,
  text,
  textLists,
  texts,
} from '../../../domains/realms/scalars.ts'
import { access, answerOf, boolean, partly, string, stringLists, strings, whole } from './answer.ts'
import { profileMetadataAnswer } from './user-profile.ts'

const credential = z.strictObject({
  id: text,
  type: text,
  userLabel: text,
  createdDate: long,
  secretData: text,
  credentialData: text,
  priority: integer,
  value: text,
  temporary: flag,
  device: anything,
  hashedSaltedValue: text,
  salt: text,
  hashIterations: integer,
  counter: integer,
  algorithm: text,
  digits: integer,
  period: integer,
  config: anything,
  federationLink: anything,
})

const federatedIdentity = z.strictObject({
  identityProvider: text,
  userId: text,
  userName: text,
})

const user = z.strictObject({
  id: text,
  username: text,
  firstName: text,
  lastName: text,
  email: text,
  emailVerified: flag,
  attributes: textLists,
  userProfileMetadata: anything,
  enabled: flag,
  self: anything,
  origin: anything,
  createdTimestamp: long,
  totp: flag,
  federationLink: text,
  serviceAccountClientId: text,
  credentials: z.array(credential).nullish(),
  disableableCredentialTypes: anything,
  requiredActions: texts,
  federatedIdentities: z.array(federatedIdentity).nullish(),
  realmRoles: anything,
  clientRoles: anything,
  clientConsents: anything,
  notBefore: integer,
  verifiableCredentials: anything,
  issuedVerifiableCredentials: anything,
  applicationRoles: anything,
  socialLinks: anything,
  groups: texts,
  access: anything,
})

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
