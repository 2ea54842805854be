import { partly, string, stringMap, whole } from './answer.ts'

/** Keycloak's EventRepresentation. */
export const eventAnswer = partly('EventRepresentation', {
  id: string,
  time: whole,
  type: string,
  realmId: string,
  clientId: string,
  userId: string,
  sessionId: string,
  ipAddress: string,
  error: string,
  details: stringMap,
})
/** Keycloak's AdminEventRepresentation. */
export const adminEventAnswer = partly('AdminEventRepresentation', {
  id: string,
  time: whole,
  realmId: string,
  authDetails: partly('AuthDetailsRepresentation', {
    realmId: string,
    clientId: string,
    userId: string,
    ipAddress: string,
  }),
  operationType: string,
  resourceType: string,
  resourcePath: string,
  representation: string,
  error: string,
  details: stringMap,
})
