import { z } from 'zod'
import {
  anything,
  flag,
  identifier,
  integer,
  long,
  requiredShortText,
  shortText,
  text,
  textLists,
  texts,
  textsByName,
} from '../realms/scalars.ts'

/** Members of Keycloak's CredentialRepresentation. */
const credentialMembers = {
  id: identifier,
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
}

/** Members of Keycloak's UserRepresentation but for what else is of the user. */
const members = {
  id: identifier,
  username: text,
  firstName: text,
  lastName: text,
  email: text,
  emailVerified: flag,
  attributes: textLists,
  enabled: flag,
  createdTimestamp: long,
  totp: flag,
  federationLink: text,
  serviceAccountClientId: text,
  disableableCredentialTypes: anything,
  requiredActions: texts,
  realmRoles: texts,
  clientRoles: textsByName,
  applicationRoles: textsByName,
  notBefore: integer,
  groups: texts,
  self: anything,
  origin: anything,
  access: anything,
  userProfileMetadata: anything,
  verifiableCredentials: anything,
  issuedVerifiableCredentials: anything,
}

/** As Admin REST takes it: unknown members are refused. */
export const credential = z.strictObject(credentialMembers)
export const federatedIdentity = z.strictObject({
  identityProvider: shortText,
  userId: shortText,
  userName: shortText,
})
export const user = z.strictObject({
  ...members,
  credentials: z.array(credential).nullish(),
  federatedIdentities: z.array(federatedIdentity).nullish(),
  clientConsents: anything,
  socialLinks: anything,
})

/** As an import takes it: exports of all versions and hands; members that are not known are kept. */
export const importedUser = z.looseObject({
  ...members,
  credentials: z.array(z.looseObject(credentialMembers)).nullish(),
  federatedIdentities: z
    .array(
      z.looseObject({
        identityProvider: requiredShortText,
        userId: requiredShortText,
        userName: shortText,
      }),
    )
    .nullish(),
  socialLinks: z
    .array(z.looseObject({ socialProvider: requiredShortText, socialUserId: requiredShortText }))
    .nullish(),
  clientConsents: z
    .array(
      z.looseObject({
        clientId: z.string(),
        grantedClientScopes: texts,
        createdDate: long,
        lastUpdatedDate: long,
      }),
    )
    .nullish(),
})
