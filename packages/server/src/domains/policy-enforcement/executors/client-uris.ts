import type { ProposedClient } from '../policy-occasion.ts'

/** Attributes that hold several texts separate them like this. */
const separator = '##'

/** Addresses of a client by the names that Keycloak's executors have for them. */
export function clientUrisOf(client: ProposedClient): ReadonlyMap<string, readonly string[]> {
  const { attributes = {}, rootUrl = '' } = client
  const one = (text: string | undefined) => (text ? [text] : [])
  const several = (name: string) => (attributes[name] ?? '').split(separator).filter(Boolean)
  const complete = (text: string) => (text.startsWith('/') ? rootUrl + text : text)
  return new Map([
    ['rootUrl', one(client.rootUrl)],
    ['adminUrl', one(client.adminUrl).map(complete)],
    ['baseUrl', one(client.baseUrl).map(complete)],
    ['backchannelLogoutUrl', one(attributes['backchannel.logout.url'])],
    ['redirectUris', (client.redirectUris ?? []).map(complete)],
    ['webOrigins', (client.webOrigins ?? []).filter((origin) => origin !== '+')],
    ['jwksUri', one(attributes['jwks.url'])],
    ['requestUris', several('request.uris')],
    [
      'cibaClientNotificationEndpoint',
      one(attributes['ciba.backchannel.client.notification.endpoint']),
    ],
    [
      'postLogoutRedirectUris',
      several('post.logout.redirect.uris')
        .filter((uri) => uri !== '+' && uri !== '-')
        .map(complete),
    ],
    ['logoUri', one(attributes['logoUri'])],
    ['tosUri', one(attributes['tosUri'])],
    ['policyUri', one(attributes['policyUri'])],
    ['sectorIdentifierUri', sectorOf(client)],
    ...samlUris.map((name) => [name, one(attributes[name])] as const),
  ])
}

/** Attributes with addresses of SAML clients. */
const samlUris = [
  'saml_assertion_consumer_url_post',
  'saml_assertion_consumer_url_redirect',
  'saml_artifact_binding_url',
  'saml_single_logout_service_url_post',
  'saml_single_logout_service_url_artifact',
  'saml_single_logout_service_url_redirect',
  'saml_single_logout_service_url_soap',
  'saml_artifact_resolution_service_url',
  'saml.metadataDescriptorUrl',
]

function sectorOf({ protocolMappers = [] }: ProposedClient): string[] {
  return protocolMappers.flatMap(({ config }) => config['sectorIdentifierUri'] || [])
}
