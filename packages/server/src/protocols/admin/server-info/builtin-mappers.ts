import type { ProtocolMapper } from '../../../domains/realms/realm.ts'
import { defaultClientScopes } from '../../../domains/transfer/defaults/client-scopes.ts'

/** Scopes whose mappers say nothing outside of them. */
const ofScopeOnly: ReadonlySet<string> = new Set([
  'openid-connect service_account',
  'openid-connect organization',
])

/** @returns the mappers that new realms are given, ready to be added to a client, by protocol */
export function builtinMappers(): Record<string, Omit<ProtocolMapper, 'id'>[]> {
  const byProtocol: Record<string, Map<string, Omit<ProtocolMapper, 'id'>>> = {}
  for (const { name, protocol, protocolMappers } of defaultClientScopes()) {
    if (ofScopeOnly.has(`${protocol} ${name}`)) continue
    for (const { id: _, ...mapper } of protocolMappers) {
      const ofProtocol = byProtocol[mapper.protocol] ?? new Map()
      byProtocol[mapper.protocol] = ofProtocol.set(mapper.name, mapper)
    }
  }
  const entries = Object.entries(byProtocol).map(([name, mappers]) => [name, [...mappers.values()]])
  return Object.fromEntries(entries)
}
