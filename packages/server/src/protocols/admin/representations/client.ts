import { z } from 'zod'
import { protocolMapper } from './protocol-mapper.ts'
import { anything, flag, integer, text, textMap, texts } from './scalars.ts'

const client = z.strictObject({
  id: text,
  clientId: text,
  name: text,
  description: text,
  type: text,
  rootUrl: text,
  adminUrl: text,
  baseUrl: text,
  surrogateAuthRequired: flag,
  enabled: flag,
  alwaysDisplayInConsole: flag,
  clientAuthenticatorType: text,
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
  registeredNodes: anything,
  protocolMappers: z.array(protocolMapper).nullish(),
  clientTemplate: anything,
  useTemplateConfig: flag,
  useTemplateScope: flag,
  useTemplateMappers: flag,
  defaultClientScopes: texts,
  optionalClientScopes: texts,
  authorizationSettings: anything,
  access: anything,
  origin: anything,
})

/** Keycloak's ClientRepresentation. */
export const clientShape = { name: 'ClientRepresentation', schema: client }
export type ClientBody = z.output<typeof client>
