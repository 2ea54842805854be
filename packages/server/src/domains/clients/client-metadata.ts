import { z } from 'zod'
import { ownMember } from '../../shared/own-member.ts'
import { newUuid, randomBase64Url } from '../../shared/random.ts'
import { signatureAlgorithm } from '../keys/signature-algorithm.ts'
import type { Client, ClientRepresentation } from './client.ts'

const text = z.string().max(4_000)
const uri = z.string().max(2_048)
const texts = z.array(text).max(100)
const uris = z.array(uri).max(100)

/** Client metadata (RFC 7591 §2, OpenID Connect Dynamic Client Registration §2); what is not known is ignored. */
export const clientMetadata = z.object({
  client_id: text.optional(),
  client_secret: text.optional(),
  redirect_uris: uris.optional(),
  token_endpoint_auth_method: text.optional(),
  token_endpoint_auth_signing_alg: text.optional(),
  tls_client_auth_subject_dn: text.optional(),
  grant_types: texts.optional(),
  response_types: texts.optional(),
  client_name: text.optional(),
  client_uri: uri.optional(),
  logo_uri: uri.optional(),
  tos_uri: uri.optional(),
  policy_uri: uri.optional(),
  scope: text.optional(),
  jwks_uri: uri.optional(),
  request_uris: uris.optional(),
  jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(50) }).optional(),
  subject_type: z.enum(['public', 'pairwise']).optional(),
  sector_identifier_uri: uri.optional(),
  id_token_signed_response_alg: text.optional(),
  id_token_encrypted_response_alg: text.optional(),
  id_token_encrypted_response_enc: text.optional(),
  userinfo_signed_response_alg: text.optional(),
  userinfo_encrypted_response_alg: text.optional(),
  userinfo_encrypted_response_enc: text.optional(),
  request_object_signing_alg: text.optional(),
  request_object_encryption_alg: text.optional(),
  request_object_encryption_enc: text.optional(),
  authorization_signed_response_alg: text.optional(),
  authorization_encrypted_response_alg: text.optional(),
  authorization_encrypted_response_enc: text.optional(),
  backchannel_token_delivery_mode: text.optional(),
  backchannel_client_notification_endpoint: uri.optional(),
  backchannel_authentication_request_signing_alg: text.optional(),
  backchannel_user_code_parameter: z.boolean().optional(),
  default_max_age: z.number().int().min(0).max(2_147_483_647).optional(),
  default_acr_values: texts.optional(),
  post_logout_redirect_uris: uris.optional(),
  backchannel_logout_uri: uri.optional(),
  backchannel_logout_session_required: z.boolean().optional(),
  frontchannel_logout_uri: uri.optional(),
  frontchannel_logout_session_required: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  dpop_bound_access_tokens: z.boolean().optional(),
  tls_client_certificate_bound_access_tokens: z.boolean().optional(),
  software_statement: z.unknown().optional(),
})

export type ClientMetadata = z.infer<typeof clientMetadata>

/** Metadata that this server cannot follow. */
export class MetadataProblem extends Error {
  readonly code: string

  constructor(code: string, description: string) {
    super(description)
    this.code = code
  }
}

const invalid = (description = 'Client metadata invalid') =>
  new MetadataProblem('invalid_client_metadata', description)

/** Keycloak's authenticator by the method's name. */
const authenticators: Readonly<Record<string, string>> = {
  client_secret_basic: 'client-secret',
  client_secret_post: 'client-secret',
  client_secret_jwt: 'client-secret-jwt',
  private_key_jwt: 'client-jwt',
  tls_client_auth: 'client-x509',
  self_signed_tls_client_auth: 'client-x509',
}
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange'
const cibaGrant = 'urn:openid:params:grant-type:ciba'
const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
/** Grants that an attribute of the client allows. */
const grantAttributes = {
  [deviceGrant]: 'oauth2.device.authorization.grant.enabled',
  [exchangeGrant]: 'standard.token.exchange.enabled',
  [cibaGrant]: 'oidc.ciba.grant.enabled',
  [jwtBearerGrant]: 'oauth2.jwt.authorization.grant.enabled',
} as const
const pairwiseMapper = 'oidc-sha256-pairwise-sub-mapper'
const saltBytes = 32

/** Attributes whose text is a member's. */
const textAttributes = {
  token_endpoint_auth_signing_alg: 'token.endpoint.auth.signing.alg',
  tls_client_auth_subject_dn: 'x509.subjectdn',
  id_token_signed_response_alg: 'id.token.signed.response.alg',
  userinfo_signed_response_alg: 'user.info.response.signature.alg',
  request_object_signing_alg: 'request.object.signature.alg',
  id_token_encrypted_response_alg: 'id.token.encrypted.response.alg',
  id_token_encrypted_response_enc: 'id.token.encrypted.response.enc',
  userinfo_encrypted_response_alg: 'user.info.encrypted.response.alg',
  userinfo_encrypted_response_enc: 'user.info.encrypted.response.enc',
  request_object_encryption_alg: 'request.object.encryption.alg',
  request_object_encryption_enc: 'request.object.encryption.enc',
  authorization_signed_response_alg: 'authorization.signed.response.alg',
  authorization_encrypted_response_alg: 'authorization.encrypted.response.alg',
  authorization_encrypted_response_enc: 'authorization.encrypted.response.enc',
  backchannel_token_delivery_mode: 'ciba.backchannel.token.delivery.mode',
  backchannel_client_notification_endpoint: 'ciba.backchannel.client.notification.endpoint',
  backchannel_authentication_request_signing_alg: 'ciba.backchannel.auth.request.signing.alg',
  logo_uri: 'logoUri',
  tos_uri: 'tosUri',
  policy_uri: 'policyUri',
  backchannel_logout_uri: 'backchannel.logout.url',
  frontchannel_logout_uri: 'frontchannel.logout.url',
} as const
const flagAttributes = {
  backchannel_logout_session_required: 'backchannel.logout.session.required',
  frontchannel_logout_session_required: 'frontchannel.logout.session.required',
  require_pushed_authorization_requests: 'require.pushed.authorization.requests',
  dpop_bound_access_tokens: 'dpop.bound.access.tokens',
  tls_client_certificate_bound_access_tokens: 'tls.client.certificate.bound.access.tokens',
} as const

/**
 * @returns the client that metadata describe, as far as they say anything
 * @throws MetadataProblem for what this server does not do
 */
export function clientOf(metadata: ClientMetadata): ClientRepresentation {
  if (metadata.software_statement !== undefined) {
    throw new MetadataProblem(
      'unapproved_software_statement',
      'Software statements are not supported',
    )
  }
  if (metadata.jwks !== undefined && metadata.jwks_uri !== undefined) {
    throw invalid('Illegal to use both jwks_uri and jwks')
  }
  requireUsableCiba(metadata)
  requireKnownAlgorithms(metadata)
  const client: ClientRepresentation = {
    protocol: 'openid-connect',
    ...flowsOf(metadata),
    ...authenticationOf(metadata),
    attributes: attributesOf(metadata),
  }
  if (metadata.client_name !== undefined) client.name = metadata.client_name
  if (metadata.client_uri !== undefined) client.baseUrl = metadata.client_uri
  if (metadata.redirect_uris !== undefined) client.redirectUris = metadata.redirect_uris
  if (metadata.frontchannel_logout_uri !== undefined) client.frontchannelLogout = true
  if (metadata.scope !== undefined) client.optionalClientScopes = scopeNames(metadata.scope)
  if (metadata.subject_type === 'pairwise') {
    client.protocolMappers = [pairwiseMapperOf(metadata.sector_identifier_uri)]
  }
  return client
}

/** `openid` is no scope of a client: everybody may ask for it. */
function scopeNames(scope: string): string[] {
  return scope.split(' ').filter((name) => name !== '' && name !== 'openid')
}

/** OpenID Connect CIBA Core §4. */
function requireUsableCiba(metadata: ClientMetadata): void {
  if (metadata.backchannel_user_code_parameter) throw invalid('User code not supported')
  const { backchannel_token_delivery_mode: mode } = metadata
  if (mode === 'ping' && metadata.backchannel_client_notification_endpoint === undefined) {
    throw invalid(
      'CIBA Backchannel Client Notification Endpoint must be set for the CIBA ping mode',
    )
  }
}

function requireKnownAlgorithms(metadata: ClientMetadata): void {
  const { token_endpoint_auth_signing_alg, id_token_signed_response_alg } = metadata
  for (const name of [token_endpoint_auth_signing_alg, id_token_signed_response_alg]) {
    if (name !== undefined && !signatureAlgorithm(name)) throw invalid()
  }
  const { userinfo_signed_response_alg, request_object_signing_alg } = metadata
  for (const name of [userinfo_signed_response_alg, request_object_signing_alg]) {
    if (name !== undefined && name !== 'none' && !signatureAlgorithm(name)) throw invalid()
  }
}

function flowsOf({ response_types, grant_types }: ClientMetadata): Partial<ClientRepresentation> {
  const flows: Partial<ClientRepresentation> = {}
  if (response_types !== undefined) {
    const values = response_types.map((type) => type.split(' '))
    flows.standardFlowEnabled = values.some(
      (type) => type.includes('code') || type.includes('none'),
    )
    flows.implicitFlowEnabled = values.some(
      (type) => type.includes('token') || type.includes('id_token'),
    )
  }
  if (grant_types !== undefined) {
    const has = (name: string) => grant_types.includes(name)
    flows.standardFlowEnabled = has('authorization_code')
    flows.implicitFlowEnabled = has('implicit')
    flows.directAccessGrantsEnabled = has('password')
    flows.serviceAccountsEnabled = has('client_credentials')
  }
  return flows
}

function authenticationOf({
  token_endpoint_auth_method: method,
}: ClientMetadata): Partial<ClientRepresentation> {
  if (method === undefined) return { publicClient: false }
  if (method === 'none') return { publicClient: true }
  const clientAuthenticatorType = ownMember(authenticators, method)
  if (clientAuthenticatorType === undefined) throw invalid()
  return { publicClient: false, clientAuthenticatorType }
}

function attributesOf(metadata: ClientMetadata): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const [member, attribute] of Object.entries(textAttributes)) {
    const value = metadata[member as keyof typeof textAttributes]
    if (value !== undefined) attributes[attribute] = value
  }
  for (const [member, attribute] of Object.entries(flagAttributes)) {
    const value = metadata[member as keyof typeof flagAttributes]
    if (value !== undefined) attributes[attribute] = String(value)
  }
  // OpenID Connect Back-Channel Logout 1.0, section 2.2: what is left out is false.
  attributes[flagAttributes.backchannel_logout_session_required] ??= 'false'
  const { grant_types, jwks, jwks_uri, token_endpoint_auth_method } = metadata
  if (grant_types !== undefined) {
    for (const [grant, attribute] of Object.entries(grantAttributes)) {
      attributes[attribute] = String(grant_types.includes(grant))
    }
    attributes['use.refresh.tokens'] = String(grant_types.includes('refresh_token'))
  }
  if (jwks !== undefined) {
    attributes['use.jwks.string'] = 'true'
    attributes['use.jwks.url'] = 'false'
    attributes['jwks.string'] = JSON.stringify(jwks)
  }
  if (jwks_uri !== undefined) {
    attributes['use.jwks.url'] = 'true'
    attributes['use.jwks.string'] = 'false'
    attributes['jwks.url'] = jwks_uri
  }
  if (metadata.tls_client_auth_subject_dn !== undefined) {
    attributes['x509.allow.regex.pattern.comparison'] = 'false'
  }
  if (token_endpoint_auth_method !== undefined) {
    attributes['token.endpoint.auth.method'] = token_endpoint_auth_method
  }
  if (metadata.request_uris !== undefined) {
    attributes['request.uris'] = metadata.request_uris.join('##')
  }
  if (metadata.default_max_age !== undefined) {
    attributes['default.max.age'] = String(metadata.default_max_age)
  }
  if (metadata.default_acr_values !== undefined) {
    attributes['default.acr.values'] = metadata.default_acr_values.join('##')
  }
  attributes['post.logout.redirect.uris'] = metadata.post_logout_redirect_uris?.join('##') || '+'
  return attributes
}

function pairwiseMapperOf(sector: string | undefined) {
  return {
    id: newUuid(),
    name: 'pairwise subject identifier',
    protocol: 'openid-connect',
    protocolMapper: pairwiseMapper,
    config: {
      pairwiseSubAlgorithmSalt: randomBase64Url(saltBytes),
      ...(sector === undefined ? {} : { sectorIdentifierUri: sector }),
    },
  }
}

/** @returns a client as metadata, in Keycloak's order */
export function metadataOf(client: Client): Record<string, unknown> {
  const { clientId, representation } = client
  const { attributes = {}, redirectUris = [], publicClient } = representation
  const pairwise = representation.protocolMappers?.find(
    ({ protocolMapper }) => protocolMapper === pairwiseMapper,
  )
  const postLogout = attributes['post.logout.redirect.uris']
  return {
    redirect_uris: redirectUris,
    token_endpoint_auth_method: methodOf(representation),
    grant_types: grantTypesOf(representation),
    response_types: responseTypesOf(representation),
    client_id: clientId,
    ...(publicClient ? {} : { client_secret: representation.secret }),
    ...(representation.name === undefined ? {} : { client_name: representation.name }),
    ...(representation.baseUrl ? { client_uri: representation.baseUrl } : {}),
    scope: (representation.optionalClientScopes ?? []).join(' '),
    ...jwksOf(attributes),
    subject_type: pairwise ? 'pairwise' : 'public',
    ...(pairwise?.config['sectorIdentifierUri']
      ? { sector_identifier_uri: pairwise.config['sectorIdentifierUri'] }
      : {}),
    ...textMembers(attributes),
    request_uris: attributes['request.uris']?.split('##') ?? [],
    ...flagMembers(attributes),
    post_logout_redirect_uris:
      postLogout === undefined || postLogout === '+' ? redirectUris : postLogout.split('##'),
    ...(publicClient
      ? {}
      : { client_secret_expires_at: Number(attributes['client.secret.expiration.time'] ?? 0) }),
  }
}

function methodOf({ publicClient, clientAuthenticatorType, attributes }: ClientRepresentation) {
  if (publicClient) return 'none'
  const stored = attributes?.['token.endpoint.auth.method']
  if (stored !== undefined && authenticators[stored] === clientAuthenticatorType) return stored
  const found = Object.entries(authenticators).find(([, id]) => id === clientAuthenticatorType)
  return found?.[0] ?? 'client_secret_basic'
}

function grantTypesOf(client: ClientRepresentation): string[] {
  const { attributes = {} } = client
  const grants: readonly (readonly [string, boolean | undefined])[] = [
    ['authorization_code', client.standardFlowEnabled],
    ['implicit', client.implicitFlowEnabled],
    ['password', client.directAccessGrantsEnabled],
    ['client_credentials', client.serviceAccountsEnabled],
    ...Object.entries(grantAttributes).map(
      ([grant, attribute]) => [grant, attributes[attribute] === 'true'] as const,
    ),
    ['refresh_token', attributes['use.refresh.tokens'] !== 'false' && hasSessions(client)],
  ]
  return grants.filter(([, enabled]) => enabled === true).map(([name]) => name)
}

/** Whether a grant of the client signs somebody in. */
function hasSessions(client: ClientRepresentation): boolean {
  const { standardFlowEnabled, directAccessGrantsEnabled, attributes = {} } = client
  if (standardFlowEnabled || directAccessGrantsEnabled) return true
  return [deviceGrant, cibaGrant].some(
    (grant) => attributes[grantAttributes[grant as typeof deviceGrant]] === 'true',
  )
}

function responseTypesOf({
  standardFlowEnabled: code,
  implicitFlowEnabled: implicit,
}: ClientRepresentation): string[] {
  return [
    ...(code ? ['code', 'none'] : []),
    ...(implicit ? ['id_token', 'id_token token'] : []),
    ...(code && implicit ? ['code id_token', 'code token', 'code id_token token'] : []),
  ]
}

function jwksOf(attributes: Readonly<Record<string, string>>): Record<string, unknown> {
  if (attributes['use.jwks.url'] === 'true') return { jwks_uri: attributes['jwks.url'] }
  if (attributes['use.jwks.string'] !== 'true') return {}
  try {
    return { jwks: JSON.parse(attributes['jwks.string'] ?? '') as unknown }
  } catch {
    return {}
  }
}

function textMembers(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const present = Object.entries(textAttributes).filter(([, attribute]) => attributes[attribute])
  return Object.fromEntries(
    present.map(([member, attribute]) => [member, attributes[attribute] as string]),
  )
}

function flagMembers(attributes: Readonly<Record<string, string>>): Record<string, boolean> {
  return Object.fromEntries(
    Object.entries(flagAttributes).map(([member, attribute]) => [
      member,
      attributes[attribute] === 'true',
    ]),
  )
}
