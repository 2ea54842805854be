import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientId } from '../typed-ids.ts'
import type { ClientRepresentation } from './client.ts'
import { attributeProblems, levelsOf, listAttributeOf } from './client-attributes.ts'
import { uriProblems } from './client-uris.ts'
import { parseUri } from './parsed-uri.ts'

/** Longest text of a member that is a column in Keycloak, in characters. */
const textLengthMax = 255
const secretLengthMax = 4_000
const listLengthMax = 1_000
/** Longest internal id, in characters. */
const idLengthMax = 36

const protocols: ReadonlySet<string> = new Set(['openid-connect', 'saml', 'docker-v2', 'oid4vc'])
const shortTexts = ['name', 'description', 'rootUrl', 'baseUrl', 'adminUrl'] as const
const lists = ['redirectUris', 'webOrigins'] as const
const pairwiseMapper = 'oidc-sha256-pairwise-sub-mapper'
const severalHosts =
  'Without a configured Sector Identifier URI, client redirect URIs must not contain multiple host components.'

/** What a client is checked against. */
export interface ClientRealm {
  readonly settings: Pick<Realm['settings'], 'attributes'>
}

/**
 * Checks everything that is saved of a client: ranges of numbers and lists, lengths of texts, and what may stand in the
 * addresses that people are sent to. Administrators and imports pass here alike.
 * @throws ModelError `input` in Keycloak's words, all problems in one text
 */
export function validateClient(
  client: Readonly<ClientRepresentation> & { readonly clientId: ClientId; readonly id?: string },
  realm: ClientRealm,
): void {
  const problems = [
    ...idProblems(client),
    ...sizeProblems(client),
    ...uriProblems(client),
    ...attributeProblems(client),
    ...pairwiseProblems(client),
    ...levelProblems(client, realm),
  ]
  if (problems.length > 0) throw new ModelError('input', [...new Set(problems)].join('; '))
}

function idProblems({ id, clientId, protocol }: Parameters<typeof validateClient>[0]): string[] {
  const problems: string[] = []
  if (clientId.trim() === '') problems.push('Client ID cannot be blank')
  if (clientId.length > textLengthMax) {
    problems.push(`Client ID must not exceed ${textLengthMax} characters`)
  }
  if (hasControls(clientId)) problems.push('Client ID must not contain control characters')
  if (id !== undefined && id.length > idLengthMax) {
    problems.push(`Client ID must not exceed ${idLengthMax} characters`)
  }
  if (id !== undefined && !/^[\w.~-]+$/.test(id)) {
    problems.push('The id of a client must consist of letters, digits and -._~')
  }
  if (protocol !== undefined && !protocols.has(protocol)) {
    problems.push(`Invalid protocol: ${protocol}`)
  }
  return problems
}

/** PostgreSQL stores no NUL, and no text of a client needs the others. */
function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text)
}

function sizeProblems(client: Readonly<ClientRepresentation>): string[] {
  const problems: string[] = []
  for (const member of shortTexts) {
    const text = client[member]
    if (text !== undefined && text.length > textLengthMax) {
      problems.push(`${member} must not exceed ${textLengthMax} characters`)
    }
  }
  if ((client.secret?.length ?? 0) > secretLengthMax) {
    problems.push(`secret must not exceed ${secretLengthMax} characters`)
  }
  for (const member of lists) {
    const values = client[member] ?? []
    if (values.length > listLengthMax) problems.push(`${member} has too many values`)
    if (values.some((value) => value.length > textLengthMax)) {
      problems.push(`${member} must not exceed ${textLengthMax} characters each`)
    }
  }
  return problems
}

/** OpenID Connect Core §8.1: pairwise identifiers need one sector. */
function pairwiseProblems(client: Readonly<ClientRepresentation>): string[] {
  const pairwise = client.protocolMappers?.find(
    ({ protocolMapper }) => protocolMapper === pairwiseMapper,
  )
  if (!pairwise) return []
  const sector = pairwise.config?.['sectorIdentifierUri']
  if (sector) {
    const { scheme, authority } = parseUri(sector) ?? {}
    const usable = scheme !== undefined && /^https?$/i.test(scheme) && authority
    return usable ? [] : ['Malformed Sector Identifier URI.']
  }
  const hosts = new Set<string>()
  for (const uri of client.redirectUris ?? []) {
    const host = parseUri(uri)?.authority?.toLowerCase()
    if (host) hosts.add(host)
  }
  return hosts.size > 1 ? [severalHosts] : []
}

/** Names of levels of authentication are those of the client's map and of the realm's. */
function levelProblems(client: Readonly<ClientRepresentation>, realm: ClientRealm): string[] {
  const known = new Set([
    ...Object.keys(levelsOf(client.attributes?.['acr.loa.map']) ?? {}),
    ...Object.keys(levelsOf(realm.settings.attributes['acr.loa.map']) ?? {}),
  ])
  const isLevel = (value: string) => known.has(value) || /^\d+$/.test(value)
  const problems: string[] = []
  if (!listAttributeOf(client, 'default.acr.values').every(isLevel)) {
    problems.push(
      'Default ACR values need to contain values specified in the ACR-To-Loa mapping or number levels from set realm browser flow',
    )
  }
  if (!listAttributeOf(client, 'minimum.acr.value').every(isLevel)) {
    problems.push(
      'Minimum ACR value needs to be value specified in the ACR-To-Loa mapping or number level from set realm browser flow',
    )
  }
  return problems
}
