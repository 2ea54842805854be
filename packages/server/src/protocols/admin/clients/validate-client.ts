import type { ClientRepresentation } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { badRequest } from '../admin-error.ts'

/** Schemes that a browser would run instead of open. */
const illegalSchemes = /^\s*(?:javascript|data|vbscript):/i
const protocols: ReadonlySet<string> = new Set(['openid-connect', 'saml', 'docker-v2'])

function invalid(description: string): Error {
  return badRequest('invalid_input', description)
}

/** @throws HttpError 400 `invalid_input` for what Keycloak refuses to store in a client */
export function validateClient(client: ClientRepresentation, realm: Realm): void {
  if (client.protocol !== undefined && !protocols.has(client.protocol)) {
    throw invalid(`Invalid protocol: ${client.protocol}`)
  }
  checkUrl('Root URL', client.rootUrl)
  checkUrl('Base URL', client.baseUrl, true)
  checkUrl('Admin URL', client.adminUrl, true)
  for (const uri of client.redirectUris ?? []) {
    if (uri.includes('#')) throw invalid('A redirect URI must not contain an URL fragment')
    if (illegalSchemes.test(uri)) throw invalid('A redirect URI uses an illegal scheme')
  }
  checkPairwise(client)
  checkDefaultAcr(client, realm)
}

/** @param relative whether a path on this server will do */
function checkUrl(name: string, url: string | undefined, relative = false): void {
  if (!url || url.startsWith('${') || (relative && url.startsWith('/'))) return
  if (illegalSchemes.test(url)) throw invalid(`${name} uses an illegal scheme`)
  if (!relative && !URL.canParse(url)) throw invalid(`${name} is not a valid URL`)
  if (url.includes('#')) throw invalid(`${name} must not contain an URL fragment`)
}

/** OpenID Connect Core §8.1: pairwise identifiers need one sector. */
function checkPairwise(client: ClientRepresentation): void {
  const pairwise = client.protocolMappers?.find(
    (mapper) => mapper.protocolMapper === 'oidc-sha256-pairwise-sub-mapper',
  )
  if (!pairwise || pairwise.config['sectorIdentifierUri']) return
  const hosts = new Set<string>()
  for (const uri of client.redirectUris ?? []) {
    const host = URL.canParse(uri) ? new URL(uri).host : ''
    if (host !== '') hosts.add(host)
  }
  if (hosts.size > 1) {
    throw invalid(
      'Without a configured Sector Identifier URI, client redirect URIs must not contain multiple host components.',
    )
  }
}

/** Values are separated by `##`, as Keycloak keeps lists in attributes. */
function checkDefaultAcr(client: ClientRepresentation, realm: Realm): void {
  const values = client.attributes?.['default.acr.values']?.split('##') ?? []
  if (values.length === 0) return
  const known = new Set([
    ...acrNames(client.attributes?.['acr.loa.map']),
    ...acrNames(realm.settings.attributes['acr.loa.map']),
  ])
  if (values.every((value) => known.has(value) || /^\d+$/.test(value))) return
  throw invalid(
    'Default ACR values need to contain values specified in the ACR-To-Loa mapping or number levels from set realm browser flow',
  )
}

function acrNames(map: string | undefined): string[] {
  try {
    return Object.keys(JSON.parse(map || '{}') as object)
  } catch {
    return []
  }
}
