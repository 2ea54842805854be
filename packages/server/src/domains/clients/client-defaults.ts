import { type Clock, epochSeconds } from '../../shared/clock.ts'
import { randomAlphanumeric } from '../../shared/random.ts'
import type { ClientRepresentation } from './client.ts'
import { redirectOrigins } from './redirect-origin.ts'

/** Characters of a generated client secret, as Keycloak makes them. */
const secretLength = 86

/** Members that every stored client has, with the values that Keycloak gives those that a request leaves out. */
function defaults() {
  return {
    surrogateAuthRequired: false,
    alwaysDisplayInConsole: false,
    clientAuthenticatorType: 'client-secret',
    redirectUris: [],
    notBefore: 0,
    bearerOnly: false,
    consentRequired: false,
    standardFlowEnabled: true,
    implicitFlowEnabled: false,
    directAccessGrantsEnabled: false,
    serviceAccountsEnabled: false,
    publicClient: false,
    frontchannelLogout: false,
    attributes: {},
    authenticationFlowBindingOverrides: {},
    fullScopeAllowed: true,
    nodeReRegistrationTimeout: -1,
  } satisfies ClientRepresentation
}

/** @returns a new client secret */
export function newClientSecret(): string {
  return randomAlphanumeric(secretLength)
}

/** @returns whether a client proves itself with something, so that it has a secret */
export function isConfidential(client: Readonly<ClientRepresentation>): boolean {
  return client.publicClient !== true && client.bearerOnly !== true
}

/**
 * Completes a client as Keycloak does when it is created: defaults for what is left out, a secret where it needs one.
 * @param given without `id`, `clientId` and `enabled`; not changed
 */
export function completeClient(given: ClientRepresentation, clock: Clock): ClientRepresentation {
  const members = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  const client: ClientRepresentation = { ...defaults(), ...Object.fromEntries(members) }
  client.webOrigins ??= redirectOrigins(client.redirectUris ?? [])
  client.attributes = withoutNulls({ realm_client: 'false', ...client.attributes })
  if (isConfidential(client) && !client.secret) {
    client.secret = newClientSecret()
    client.attributes['client.secret.creation.time'] = String(epochSeconds(clock))
  }
  return client
}

function withoutNulls(attributes: Record<string, string | null>): Record<string, string> {
  const present = Object.entries(attributes).filter(([, value]) => value !== null)
  return Object.fromEntries(present) as Record<string, string>
}
