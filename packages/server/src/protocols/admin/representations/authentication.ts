import { z } from 'zod'
import { boolean, listOf, partly, string, stringMap, strings, whole } from './answer.ts'
import { propertyAnswer } from './component.ts'

/** Keycloak's AuthenticationExecutionExportRepresentation, and the form with ids. */
export const executionAnswer = partly('AuthenticationExecutionRepresentation', {
  id: string,
  authenticator: string,
  authenticatorConfig: string,
  authenticatorFlow: boolean,
  autheticatorFlow: boolean,
  flowAlias: string,
  flowId: string,
  parentFlow: string,
  requirement: string,
  priority: whole,
  userSetupAllowed: boolean,
})
/** Keycloak's AuthenticationFlowRepresentation. */
export const flowAnswer = partly('AuthenticationFlowRepresentation', {
  id: string,
  alias: string,
  description: string,
  providerId: string,
  topLevel: boolean,
  builtIn: boolean,
  authenticationExecutions: listOf(executionAnswer),
})
/** A flow as the admin console lists it, with what uses it. */
export const listedFlowAnswer = partly('Authentication', {
  id: string,
  alias: string,
  builtIn: boolean,
  description: string,
  usedBy: z.strictObject({ type: string, values: strings }),
})
/** Keycloak's AuthenticationExecutionInfoRepresentation. */
export const listedExecutionAnswer = partly('AuthenticationExecutionInfoRepresentation', {
  id: string,
  requirement: string,
  displayName: string,
  alias: string,
  description: string,
  requirementChoices: strings,
  configurable: boolean,
  authenticationFlow: boolean,
  providerId: string,
  authenticationConfig: string,
  flowId: string,
  level: whole,
  index: whole,
  priority: whole,
})
/** Keycloak's AuthenticatorConfigRepresentation. */
export const authenticatorConfigAnswer = partly('AuthenticatorConfigRepresentation', {
  id: string,
  alias: string,
  config: stringMap,
})
/** Keycloak's RequiredActionProviderRepresentation. */
export const requiredActionAnswer = partly('RequiredActionProviderRepresentation', {
  alias: string,
  name: string,
  providerId: string,
  enabled: boolean,
  defaultAction: boolean,
  priority: whole,
  config: stringMap,
  configurable: boolean,
})
/** Keycloak's RequiredActionConfigRepresentation. */
export const actionConfigAnswer = partly('RequiredActionConfigRepresentation', {
  config: stringMap,
})
/** A kind of step. */
export const stepKindAnswer = partly('AuthenticatorProvider', {
  id: string,
  displayName: string,
  description: string,
  supportsSecret: boolean,
})
/** Keycloak's AuthenticatorConfigInfoRepresentation. */
export const describedStepAnswer = partly('AuthenticatorConfigInfoRepresentation', {
  name: string,
  providerId: string,
  helpText: string,
  properties: listOf(propertyAnswer),
})
