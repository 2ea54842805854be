import { createHash } from 'node:crypto'
import { uuidText } from '../../../shared/uuid-text.ts'
import type { Client } from '../../clients/client.ts'
import type { UserId } from '../../typed-ids.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** Host of the sector identifier URI, else of the client's redirect URIs (OpenID Connect Core §8.1). */
function sectorIdentifier(client: Client, configured: string | undefined): string {
  const { rootUrl = '', redirectUris = [] } = client.representation
  const uris = configured
    ? [configured]
    : redirectUris.map((uri) => (uri.startsWith('/') ? rootUrl + uri : uri))
  for (const uri of uris) {
    const host = /^[a-z][a-z0-9+.-]*:\/\/([^/:?#]+)/i.exec(uri)?.[1]
    if (host) return host
  }
  return ''
}

/** A UUID made of the first 16 bytes of SHA-256 over sector, user and salt, with the bits of a version 3 UUID. */
function pairwiseSub(sector: string, userId: UserId, salt: string): string {
  const digest = createHash('sha256').update(sector).update(userId).update(salt).digest()
  const name = createHash('md5').update(digest).digest()
  name[6] = ((name[6] as number) & 0x0f) | 0x30
  name[8] = ((name[8] as number) & 0x3f) | 0x80
  return uuidText(name.toString('hex'))
}

const mapperId = 'oidc-sha256-pairwise-sub-mapper'

/** @returns the subject under which a client knows a user (OpenID Connect Core §8), for tokens that no mapper acts on */
export function subjectFor(client: Client, userId: UserId): string {
  const mapper = client.representation.protocolMappers?.find(
    ({ protocolMapper }) => protocolMapper === mapperId,
  )
  if (mapper === undefined) return userId
  const { sectorIdentifierUri, pairwiseSubAlgorithmSalt = '' } = mapper.config
  return pairwiseSub(
    sectorIdentifier(client, sectorIdentifierUri),
    userId,
    pairwiseSubAlgorithmSalt,
  )
}

/** Whether a client knows its users under names of its own (OpenID Connect Core §8). */
export function hasPairwiseSubjects({ representation }: Client): boolean {
  return (
    representation.protocolMappers?.some(({ protocolMapper }) => protocolMapper === mapperId) ===
    true
  )
}

export const pairwiseSubMapper: ProtocolMapperType = {
  id: mapperId,
  priority: 0,
  targets: allTargets,
  isIncluded: (_config, _target, lightweight) => !lightweight,
  apply(claims, { client, user }, config) {
    const sector = sectorIdentifier(client, config['sectorIdentifierUri'])
    claims['sub'] = pairwiseSub(sector, user.id, config['pairwiseSubAlgorithmSalt'] ?? '')
  },
}
