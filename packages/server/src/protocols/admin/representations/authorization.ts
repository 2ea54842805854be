import { z } from 'zod'
import {
  anyMembers,
  boolean,
  listOf,
  partly,
  string,
  stringLists,
  stringMap,
  strings,
} from './answer.ts'

/** Keycloak's ScopeRepresentation. */
export const authorizationScopeAnswer = partly('ScopeRepresentation', {
  id: string,
  name: string,
  iconUri: string,
  displayName: string,
})
/** Keycloak's ResourceRepresentation. */
export const resourceAnswer = partly('ResourceRepresentation', {
  _id: string,
  name: string,
  displayName: string,
  type: string,
  uris: strings,
  icon_uri: string,
  owner: partly('ResourceOwnerRepresentation', { id: string, name: string }),
  ownerManagedAccess: boolean,
  attributes: stringLists,
  scopes: listOf(authorizationScopeAnswer),
})
/** Keycloak's PolicyRepresentation; the types of policies add members of their own. */
export const policyAnswer = z
  .looseObject({
    id: string.optional(),
    name: string,
    description: string.optional(),
    type: string,
    logic: z.enum(['POSITIVE', 'NEGATIVE']),
    decisionStrategy: z.enum(['AFFIRMATIVE', 'UNANIMOUS', 'CONSENSUS']),
    config: stringMap.optional(),
  })
  .meta({ title: 'PolicyRepresentation' })
/** Keycloak's PolicyProviderRepresentation. */
export const policyKindAnswer = partly('PolicyProviderRepresentation', {
  type: string,
  name: string,
  group: string,
})
const settings = {
  allowRemoteResourceManagement: boolean,
  policyEnforcementMode: string,
  decisionStrategy: string,
}
/** Keycloak's ResourceServerRepresentation. */
export const resourceServerAnswer = partly('ResourceServerRepresentation', {
  id: string,
  clientId: string,
  name: string,
  ...settings,
  resources: listOf(resourceAnswer),
  policies: listOf(policyAnswer),
  scopes: listOf(authorizationScopeAnswer),
  authorizationSchema: anyMembers,
})
/** What an evaluation of policies comes to. */
export const evaluationAnswer = partly('PolicyEvaluationResponse', {
  results: listOf(z.record(string, z.unknown())),
  entitlements: boolean,
  status: z.enum(['PERMIT', 'DENY']),
  rpt: z.record(string, z.unknown()),
})
