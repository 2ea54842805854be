import { createHash } from 'node:crypto'
import { type Clock, epochSeconds } from '../../shared/clock.ts'
import { randomAlphanumeric } from '../../shared/random.ts'
import type { ClientId } from '../typed-ids.ts'
import type { ClientRepresentation } from './client.ts'
import { redirectOrigins } from './redirect-origin.ts'

/** Characters of a generated client secret, as Keycloak makes them. */
const secretLength = 86
const creationTime = 'client.secret.creation.time'

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

/** @returns a client with a new secret */
export function withNewSecret(client: ClientRepresentation, clock: Clock): ClientRepresentation {
  return {
    ...client,
    secret: randomAlphanumeric(secretLength),
    attributes: { ...client.attributes, [creationTime]: String(epochSeconds(clock)) },
  }
}

/** A public client has no secret, every other one has; one that became public forgets its own. */
export function withRightSecret(client: ClientRepresentation, clock: Clock): ClientRepresentation {
  if (client.publicClient !== true) return client.secret ? client : withNewSecret(client, clock)
  const { secret: _, ...others } = client
  return others
}

/**
 * Completes a client as Keycloak does when it is created: defaults for what is left out, a secret where it needs one.
 * @param given without `id`, `clientId` and `enabled`; not changed
 */
export function completeClient(given: ClientRepresentation, clock: Clock): ClientRepresentation {
  const members = Object.entries(given).filter(([, value]) => value !== undefined && value !== null)
  const client: ClientRepresentation = { ...defaults(), ...Object.fromEntries(members) }
  client.webOrigins ??= redirectOrigins(client.redirectUris ?? [])
  client.attributes = presentTexts({ realm_client: 'false', ...client.attributes })
  // One that only checks tokens came without a secret in former versions, and needs none.
  return client.bearerOnly && !client.publicClient ? client : withRightSecret(client, clock)
}

/**
 * What Keycloak gives to a client of OpenID Connect that an administrator makes, when the request names the protocol:
 * it is for a browser application then.
 * @param given not changed
 */
export function withOpenIdDefaults(
  given: ClientRepresentation,
  clock: Clock,
): ClientRepresentation {
  const { rootUrl, redirectUris } = given
  const ofRoot = rootUrl && !redirectUris?.length ? [`${rootUrl.replace(/\/$/, '')}/*`] : undefined
  return {
    publicClient: true,
    directAccessGrantsEnabled: true,
    ...(rootUrl ? { adminUrl: rootUrl } : {}),
    ...given,
    ...(ofRoot ? { redirectUris: ofRoot, webOrigins: redirectOrigins(ofRoot) } : {}),
    attributes: {
      ...(given.publicClient === true ? {} : { [creationTime]: String(epochSeconds(clock)) }),
      'backchannel.logout.session.required': 'true',
      'backchannel.logout.revoke.offline.tokens': 'false',
      ...given.attributes,
    },
  }
}

/**
 * What Keycloak gives to a SAML client that an administrator makes, but for its certificate.
 * @param given not changed
 */
export function withSamlDefaults(given: ClientRepresentation): ClientRepresentation {
  return {
    frontchannelLogout: true,
    ...given,
    attributes: {
      'saml.force.post.binding': 'true',
      'saml.server.signature': 'true',
      'saml.signature.algorithm': 'RSA_SHA256',
      saml_force_name_id_format: 'false',
      'saml.client.signature': 'true',
      'saml.authnstatement': 'true',
      saml_name_id_format: 'username',
      'saml.allow.ecp.flow': 'false',
      saml_signature_canonicalization_method: 'http://www.w3.org/2001/10/xml-exc-c14n#',
      ...given.attributes,
    },
  }
}

/** By what an artifact names the client that it is for (SAML Bindings §3.6.4): the SHA-1 of its name. */
export function artifactIdentifier(clientId: ClientId): string {
  return createHash('sha1').update(clientId).digest('base64')
}

/** Null and the empty text stand for what is not there. */
function presentTexts(attributes: Record<string, string | null>): Record<string, string> {
  const present = Object.entries(attributes).filter(([, value]) => value)
  return Object.fromEntries(present) as Record<string, string>
}
