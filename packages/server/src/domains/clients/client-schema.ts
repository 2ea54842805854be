import { z } from 'zod'
import { importedProtocolMapper, protocolMapper } from '../realms/protocol-mapper-schema.ts'
import {
  anything,
  flag,
  identifier,
  integer,
  longMap,
  shortText,
  text,
  textMap,
  texts,
} from '../realms/scalars.ts'

/** Members of Keycloak's ClientRepresentation but for its mappers. */
const members = {
  id: identifier,
  clientId: text,
  name: text,
  description: text,
  type: shortText,
  rootUrl: text,
  adminUrl: text,
  baseUrl: text,
  surrogateAuthRequired: flag,
  enabled: flag,
  alwaysDisplayInConsole: flag,
  clientAuthenticatorType: shortText,
  secret: text,
  registrationAccessToken: text,
  defaultRoles: anything,
  redirectUris: texts,
  webOrigins: texts,
  notBefore: integer,
  bearerOnly: flag,
  consentRequired: flag,
  standardFlowEnabled: flag,
  implicitFlowEnabled: flag,
  directAccessGrantsEnabled: flag,
  serviceAccountsEnabled: flag,
  authorizationServicesEnabled: flag,
  directGrantsOnly: flag,
  publicClient: flag,
  frontchannelLogout: flag,
  protocol: text,
  attributes: textMap,
  authenticationFlowBindingOverrides: textMap,
  fullScopeAllowed: flag,
  nodeReRegistrationTimeout: integer,
  registeredNodes: longMap,
  clientTemplate: anything,
  useTemplateConfig: flag,
  useTemplateScope: flag,
  useTemplateMappers: flag,
  defaultClientScopes: texts,
  optionalClientScopes: texts,
  authorizationSettings: anything,
  access: anything,
  origin: anything,
}

/** As Admin REST takes it: unknown members are refused. */
const client = z.strictObject({ ...members, protocolMappers: z.array(protocolMapper).nullish() })

/** As an import takes it: exports of all versions and hands. Members that are not known are left out. */
export const importedClient = z.object({
  ...members,
  protocolMappers: z.array(importedProtocolMapper).nullish(),
})

/** Keycloak's ClientRepresentation. */
export const clientShape = { name: 'ClientRepresentation', schema: client }
export type ClientBody = z.output<typeof client>
