import type { ClientRepresentation } from './client.ts'

type Sector = Pick<Readonly<ClientRepresentation>, 'protocolMappers' | 'redirectUris' | 'rootUrl'>

const pairwiseMapper = 'oidc-sha256-pairwise-sub-mapper'

/**
 * OpenID Connect Core §8.1: the document at the sector identifier of a client with pairwise subjects lists every redirect URI
 * of the client, so that no client can join a sector that does not name it.
 * @param fetchText reads a document within limits, and throws where there is none
 * @returns what is wrong, in Keycloak's words; null where nothing is
 */
export async function sectorProblem(
  { protocolMappers = [], redirectUris = [], rootUrl = '' }: Sector,
  fetchText: (url: string) => Promise<string>,
): Promise<string | null> {
  const mapper = protocolMappers.find(({ protocolMapper }) => protocolMapper === pairwiseMapper)
  const sector = mapper?.config?.['sectorIdentifierUri']
  if (!sector) return null
  let listed: unknown
  try {
    listed = JSON.parse(await fetchText(sector))
  } catch {
    return 'Failed to get redirect URIs from the Sector Identifier URI.'
  }
  const own = redirectUris.map((uri) => (uri.startsWith('/') ? rootUrl + uri : uri))
  return Array.isArray(listed) && own.every((uri) => listed.includes(uri))
    ? null
    : 'Client redirect URIs does not match redirect URIs fetched from the Sector Identifier URI.'
}

/** @returns whether a change of a client touches what the document of its sector has to list */
export function changesSector(present: Sector, changed: Sector): boolean {
  const of = ({ protocolMappers = [], redirectUris = [], rootUrl = '' }: Sector) =>
    JSON.stringify([
      redirectUris,
      rootUrl,
      protocolMappers
        .filter(({ protocolMapper }) => protocolMapper === pairwiseMapper)
        .map(({ config }) => config?.['sectorIdentifierUri'] ?? ''),
    ])
  return of(present) !== of({ ...present, ...changed })
}
