import type { ProtocolMapper } from '../../../domains/realms/realm.ts'
import { newUuid } from '../../../shared/random.ts'
import type { ProtocolMapperBody } from '../representations/protocol-mapper.ts'

/** @returns a mapper as it is stored; ids are given where they are missing */
export function mapperOf(body: ProtocolMapperBody): ProtocolMapper {
  const config = Object.entries(body.config ?? {}).filter(([, value]) => value !== null)
  return {
    id: body.id ?? newUuid(),
    name: body.name ?? '',
    protocol: body.protocol ?? 'openid-connect',
    protocolMapper: body.protocolMapper ?? '',
    consentRequired: body.consentRequired ?? false,
    config: Object.fromEntries(config) as Record<string, string>,
  }
}

export function mappersOf(bodies: readonly ProtocolMapperBody[]): ProtocolMapper[] {
  return bodies.map(mapperOf)
}
