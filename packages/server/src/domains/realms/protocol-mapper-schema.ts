import { z } from 'zod'
import type { ProtocolMapper } from './realm.ts'
import { flag, identifier, shortText, text, textMap } from './scalars.ts'

/** Members of Keycloak's ProtocolMapperRepresentation. */
const members = {
  id: identifier,
  name: text,
  protocol: text,
  protocolMapper: text,
  consentRequired: flag,
  consentText: shortText,
  config: textMap,
}

/** As Admin REST takes it: unknown members are refused. */
export const protocolMapper = z.strictObject(members)

/** As an import takes it: exports of all versions and hands. */
export const importedProtocolMapper = z.object(members)

export type ProtocolMapperBody = z.output<typeof protocolMapper>

/**
 * @param newId for a mapper that comes without one
 * @returns a mapper as it is stored; settings without a value are left out
 */
export function mapperOf(body: Partial<ProtocolMapperBody>, newId: () => string): ProtocolMapper {
  const entries = Object.entries(body.config ?? {}).filter(([, value]) => value)
  return {
    id: body.id || newId(),
    name: body.name ?? '',
    protocol: body.protocol ?? 'openid-connect',
    protocolMapper: body.protocolMapper ?? '',
    consentRequired: body.consentRequired ?? false,
    config: Object.fromEntries(entries) as Record<string, string>,
  }
}

/** Switches that later versions of Keycloak added, and those beside them whose value they had before. */
const laterSwitches = [
  ['userinfo.token.claim', 'id.token.claim'],
  ['introspection.token.claim', 'access.token.claim'],
] as const
const withoutSwitches: ReadonlySet<string> = new Set([
  'oidc-organization-membership-mapper',
  'oidc-nonce-backwards-compatible-mapper',
])
const accessTokenOnly: ReadonlySet<string> = new Set([
  'oidc-allowed-origins-mapper',
  'oidc-audience-resolve-mapper',
])

/** Completes a mapper that an administrator saves, as Keycloak does: an import keeps what its file says. */
export function withLaterSwitches(mapper: ProtocolMapper): ProtocolMapper {
  const { protocol, protocolMapper: type, config } = mapper
  if (protocol !== 'openid-connect' || withoutSwitches.has(type)) return mapper
  const completed = { ...config }
  for (const [later, earlier] of laterSwitches) {
    const value = config[earlier]
    const fits = later !== 'userinfo.token.claim' || !accessTokenOnly.has(type)
    if (value !== undefined && fits) completed[later] ??= value
  }
  return { ...mapper, config: completed }
}
