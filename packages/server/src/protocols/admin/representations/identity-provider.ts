import { z } from 'zod'
import {
  anything,
  flag,
  identifier,
  integer,
  text,
  textMap,
} from '../../../domains/realms/scalars.ts'
import { answerOf, listOf, partly, string, strings } from './answer.ts'
import { propertyAnswer } from './component.ts'

/** Keycloak's IdentityProviderRepresentation. */
export const identityProviderShape = {
  name: 'IdentityProviderRepresentation',
  schema: z.strictObject({
    alias: text,
    displayName: text,
    internalId: identifier,
    providerId: text,
    enabled: flag,
    updateProfileFirstLoginMode: text,
    updateProfileFirstLogin: flag,
    trustEmail: flag,
    storeToken: flag,
    addReadTokenRoleOnCreate: flag,
    authenticateByDefault: flag,
    linkOnly: flag,
    hideOnLogin: flag,
    firstBrokerLoginFlowAlias: text,
    postBrokerLoginFlowAlias: text,
    organizationId: text,
    guiOrder: integer,
    config: textMap,
    types: anything,
  }),
}
export type IdentityProviderBody = z.output<typeof identityProviderShape.schema>
export const identityProviderAnswer = answerOf(identityProviderShape, { types: strings })

/** Keycloak's IdentityProviderMapperRepresentation. */
export const identityProviderMapperShape = {
  name: 'IdentityProviderMapperRepresentation',
  schema: z.strictObject({
    id: identifier,
    name: text,
    identityProviderAlias: text,
    identityProviderMapper: text,
    config: textMap,
  }),
}
export type IdentityProviderMapperBody = z.output<typeof identityProviderMapperShape.schema>
export const identityProviderMapperAnswer = answerOf(identityProviderMapperShape)

/** What a kind of identity provider is. */
export const identityProviderKindAnswer = partly('IdentityProviderKind', {
  id: string,
  name: string,
  helpText: string,
  configProperties: listOf(propertyAnswer),
  configMetadata: listOf(propertyAnswer),
})

/** What a kind of mapper is. */
export const mapperTypeAnswer = partly('IdentityProviderMapperTypeRepresentation', {
  id: string,
  name: string,
  category: string,
  helpText: string,
  properties: listOf(propertyAnswer),
})
