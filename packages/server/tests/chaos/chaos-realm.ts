import { demoRealm, demoSecret } from '../harness/demo-realm.ts'

/** Service clients whose secrets are rotated and that are disabled. */
export const serviceClients = Array.from({ length: 21 }, (_, index) => `service-${index}`)

/** People of the realm; each has a share in the load. */
export const people = 31

/** The demo realm with clients that the run may take away. */
export function chaosRealm(): Record<string, unknown> {
  const realm = demoRealm(people)
  const services = serviceClients.map((clientId) => ({
    clientId,
    enabled: true,
    publicClient: false,
    secret: demoSecret(clientId),
    serviceAccountsEnabled: true,
    standardFlowEnabled: false,
  }))
  return { ...realm, clients: [...(realm['clients'] as object[]), ...services] }
}
