import { z } from 'zod'
import { clientShape } from '../../../domains/clients/client-schema.ts'
import { access, answerOf, listOf, partly, string, whole } from './answer.ts'

/** Keycloak's ClientRepresentation. */
export const clientAnswer = answerOf(clientShape, {
  access,
  registeredNodes: z.record(string, whole),
})
/** A client's secret, as a credential. */
export const secretAnswer = partly('CredentialRepresentation', { type: string, value: string })
/** Keycloak's CertificateRepresentation. */
export const certificateAnswer = partly('CertificateRepresentation', {
  privateKey: string,
  publicKey: string,
  certificate: string,
  kid: string,
  jwks: string,
})
/** Keycloak's ClientInitialAccessPresentation. */
export const initialAccessAnswer = partly('ClientInitialAccessPresentation', {
  id: string,
  token: string,
  timestamp: whole,
  expiration: whole,
  count: whole,
  remainingCount: whole,
})
/** Numbers are texts there. */
export const sessionStatsAnswer = partly('ClientSessionStats', {
  id: string,
  clientId: string,
  active: string,
  offline: string,
})
/** A mapper that acts for a scope parameter. */
export const evaluatedMapperAnswer = partly('ProtocolMapperEvaluationRepresentation', {
  mapperId: string,
  mapperName: string,
  containerId: string,
  containerName: string,
  containerType: string,
  protocolMapper: string,
})
const part = (name: string, kind: 'condition' | 'executor') =>
  partly(name, { [kind]: string, configuration: z.record(string, z.unknown()) })
const profile = partly('ClientProfileRepresentation', {
  name: string,
  description: string,
  executors: listOf(part('ClientPolicyExecutorRepresentation', 'executor')),
})
const policy = partly('ClientPolicyRepresentation', {
  name: string,
  description: string,
  enabled: z.boolean(),
  conditions: listOf(part('ClientPolicyConditionRepresentation', 'condition')),
  profiles: listOf(string),
})
/** Keycloak's ClientProfilesRepresentation. */
export const clientProfilesAnswer = partly('ClientProfilesRepresentation', {
  profiles: listOf(profile),
  globalProfiles: listOf(profile),
})
/** Keycloak's ClientPoliciesRepresentation. */
export const clientPoliciesAnswer = partly('ClientPoliciesRepresentation', {
  policies: listOf(policy),
  globalPolicies: listOf(policy),
})
