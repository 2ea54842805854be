import type { ClientRepresentation } from './client.ts'
import {
  type ClientMetadata,
  clientMetadata,
  clientOf,
  MetadataProblem,
} from './client-metadata.ts'

/** What metadata leave out, as Keycloak's converter has it. */
const flowDefaults = {
  standardFlowEnabled: true,
  implicitFlowEnabled: false,
  directAccessGrantsEnabled: false,
  frontchannelLogout: false,
} as const

/**
 * Client metadata (RFC 7591) as a client to be made from, for people to look at: nothing is stored.
 * @param text JSON
 * @returns undefined for what is no client metadata: Keycloak knows them by `redirect_uris`
 * @throws MetadataProblem; SyntaxError for what is no JSON
 */
export function describedClient(text: string): ClientRepresentation | undefined {
  if (!text.includes('"redirect_uris"')) return undefined
  const read = clientMetadata.safeParse(JSON.parse(text))
  if (!read.success) throw new MetadataProblem('invalid_client_metadata', 'Client metadata invalid')
  return withDefaults(read.data, clientOf(read.data))
}

function withDefaults(
  metadata: ClientMetadata,
  { attributes: { ...attributes } = {}, ...client }: ClientRepresentation,
): ClientRepresentation {
  delete attributes['token.endpoint.auth.method']
  if (metadata.post_logout_redirect_uris === undefined) {
    delete attributes['post.logout.redirect.uris']
  }
  if (metadata.backchannel_logout_session_required === undefined) {
    attributes['backchannel.logout.session.required'] = 'true'
  }
  attributes['frontchannel.logout.session.required'] ??= 'false'
  attributes['backchannel.logout.revoke.offline.tokens'] = 'false'
  const isPublic = metadata.token_endpoint_auth_method === 'none'
  return {
    ...flowDefaults,
    clientAuthenticatorType: isPublic ? 'none' : 'client-secret',
    ...(metadata.grant_types === undefined ? {} : { authorizationServicesEnabled: false }),
    ...client,
    // `openid` stays in the list here.
    ...(metadata.scope === undefined
      ? {}
      : { optionalClientScopes: metadata.scope.split(' ').filter((name) => name !== '') }),
    attributes,
  }
}
