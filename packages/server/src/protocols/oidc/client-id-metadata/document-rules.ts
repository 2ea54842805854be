import { parseUri } from '../../../domains/clients/parsed-uri.ts'
import { ClientPolicyRefusal } from '../../../domains/policy-enforcement/client-policy-refusal.ts'
import type { DocumentPolicy } from '../../../domains/policy-enforcement/metadata-documents/document-policy.ts'
import {
  hostOfAddress,
  trustedDomain,
} from '../../../domains/policy-enforcement/metadata-documents/trusted-domain.ts'

/** `.` and `..` as segments of a path, encoded or not. */
const dotSegment = /(?:\/|%2f|%5c|\\)(?:%2e|\.){1,2}(?:\/|%2f|%5c|\\|$)/i
const addressProperties = ['client_uri', 'logo_uri', 'tos_uri', 'policy_uri', 'jwks_uri'] as const
const sharedSecrets = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt']

export const refusedDocument = (text: string) => new ClientPolicyRefusal('invalid_request', text)
const badId = (what: string) => refusedDocument(`Invalid Client ID: ${what}.`)
const badMetadata = (what: string) => refusedDocument(`Invalid Client Metadata: ${what}`)

/**
 * OAuth Client ID Metadata Document §3: what an address has to be to stand for a client.
 * @throws ClientPolicyRefusal in Keycloak's words
 */
export function requireClientIdAddress(clientId: string, policy: DocumentPolicy): void {
  const parts = parseUri(clientId)
  const host = hostOfAddress(clientId)
  if (parts === undefined || host === null) throw badId('malformed URL')
  const scheme = parts.scheme?.toLowerCase()
  if (scheme !== 'https' && !(scheme === 'http' && policy.allowsHttp)) throw badId('invalid scheme')
  if (parts.path === '') throw badId('empty path')
  if (dotSegment.test(parts.path)) throw badId('path traverse segment included')
  if (parts.fragment !== '') throw badId('fragment included')
  if (parts.userInfo !== undefined) throw badId('userinfo included')
  if (parts.query !== '') throw badId('query included')
  if (trustedDomain(host, policy.trustedDomains) === undefined) throw badId('domain not allowed')
}

/**
 * OAuth Client ID Metadata Document §4: the document is of this client, shares no secret, and knows where the answer goes; and
 * what the realm's policy asks of it.
 * @throws ClientPolicyRefusal in Keycloak's words
 */
export function requireUsableDocument(
  metadata: Readonly<Record<string, unknown>>,
  clientId: string,
  redirectUri: string,
  policy: DocumentPolicy,
): void {
  const { client_id: id, redirect_uris: redirectUris } = metadata
  if (typeof id !== 'string') throw badMetadata('no client_id.')
  if (id !== clientId) {
    throw badMetadata('client_id property does not exactly match client_id parameter.')
  }
  requireOwnProof(metadata, policy)
  if (!Array.isArray(redirectUris) || !redirectUris.includes(redirectUri)) {
    throw badMetadata(
      'redirect_uri parameter does not exactly match the one of redirect_uris property in client metadata.',
    )
  }
  if (!policy.requiredProperties.every((name) => Object.hasOwn(metadata, name))) {
    throw badMetadata('it does not include all required properties.')
  }
  requireTrustedAddresses(metadata, clientId, redirectUri, policy)
}

function requireOwnProof(metadata: Readonly<Record<string, unknown>>, policy: DocumentPolicy) {
  const method = metadata['token_endpoint_auth_method'] ?? 'none'
  if (typeof method !== 'string' || sharedSecrets.includes(method)) {
    throw badMetadata(
      'token_endpoint_auth_method property in client metadata is not-allowed authentication method..',
    )
  }
  if ('client_secret' in metadata || 'client_secret_expires_at' in metadata) {
    throw badMetadata(
      'client_secret or client_secret_expires_at property in client metadata is must not included.',
    )
  }
  if (method === 'none') {
    if (policy.confidentialOnly) throw badMetadata('confidential client is only allowed.')
  } else if ('jwks' in metadata === 'jwks_uri' in metadata) {
    throw badMetadata('ether jwks or jwks_uri property is required.')
  }
}

/** Where any address of the document leads, and that of the request. */
function requireTrustedAddresses(
  metadata: Readonly<Record<string, unknown>>,
  clientId: string,
  redirectUri: string,
  { trustedDomains, sameDomain, allowsHttp }: DocumentPolicy,
) {
  const own = trustedDomain(hostOfAddress(clientId) ?? '', trustedDomains)
  for (const name of addressProperties) {
    const address = metadata[name]
    if (address === undefined) continue
    const host = typeof address === 'string' ? hostOfAddress(address) : null
    if (host === null) throw badMetadata('malformed URL.')
    const { protocol } = new URL(address as string)
    if (protocol !== 'https:' && !(protocol === 'http:' && allowsHttp))
      throw badId('invalid scheme')
    const domain = trustedDomain(host, trustedDomains)
    if (domain === undefined) throw badId('domain not allowed')
    if (sameDomain && domain !== own) {
      throw badMetadata('some uri property is not under the same permitted domain')
    }
  }
  const host = hostOfAddress(redirectUri)
  const domain = host === null ? undefined : trustedDomain(host, trustedDomains)
  if (domain === undefined) throw badId('domain not allowed')
  if (sameDomain && domain !== own) {
    throw badMetadata(
      'client_id parameter, redirect_uri parameter and at least one of redirect_uris properties in client metadata should be under the same domain.',
    )
  }
}
