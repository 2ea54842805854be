import { ownMember } from '../../shared/own-member.ts'
import { newUuid } from '../../shared/random.ts'
import type { Json, JsonObject } from '../realms/realm.ts'
import type { RealmId } from '../typed-ids.ts'
import type { IdentityProvider, IdentityProviderMapper } from './identity-provider.ts'

const tokens = ['CLIENT_ASSERTION', 'TRUST_MATERIAL', 'EXCHANGE_EXTERNAL_TOKEN']
const oidcUses = ['USER_AUTHENTICATION', ...tokens, 'JWT_AUTHORIZATION_GRANT']
/** `types`: what Keycloak says that a provider of each kind can be used for; of social ones nothing. */
const uses: Readonly<Record<string, readonly string[]>> = {
  oidc: oidcUses,
  'keycloak-oidc': oidcUses,
  saml: ['USER_AUTHENTICATION'],
  oauth2: ['USER_AUTHENTICATION', 'EXCHANGE_EXTERNAL_TOKEN'],
  'jwt-authorization-grant': ['JWT_AUTHORIZATION_GRANT'],
  kubernetes: ['CLIENT_ASSERTION'],
}

/** @returns the kinds that can be used for something, or null where every kind counts; undefined for an unknown use */
export function kindsFor(use: string): readonly string[] | null | undefined {
  if (use === 'ANY' || use === 'USER_AUTHENTICATION') return null
  const kinds = Object.keys(uses).filter((kind) => uses[kind]?.includes(use))
  return kinds.length > 0 ? kinds : undefined
}

/** @returns Keycloak's IdentityProviderRepresentation, secrets as they are */
export function identityProviderRepresentation(provider: IdentityProvider): JsonObject {
  const { id, alias, providerId, enabled, organizationId, members, config } = provider
  return {
    ...members,
    alias,
    internalId: id,
    providerId,
    enabled,
    ...(organizationId === null ? {} : { organizationId }),
    config: { ...config },
    types: [...(ownMember(uses, providerId) ?? [])],
  }
}

/**
 * @param given a representation; null counts as absent, and `types`, which Keycloak computes, is dropped
 * @returns its row; one without `internalId` gets a new id
 */
export function identityProviderRow(
  realmId: RealmId,
  given: Readonly<Record<string, unknown>>,
): Omit<IdentityProvider, 'ver'> {
  const {
    alias,
    internalId,
    providerId,
    enabled,
    organizationId,
    config,
    types: _,
    ...rest
  } = given
  const members = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null)
  return {
    id: textOf(internalId) || newUuid(),
    realmId,
    alias: textOf(alias),
    providerId: textOf(providerId),
    enabled: enabled === undefined || enabled === null || enabled === true || enabled === 'true',
    organizationId: textOf(organizationId) || null,
    members: Object.fromEntries(members) as JsonObject,
    config: textsOf(config),
  }
}

/** @returns Keycloak's IdentityProviderMapperRepresentation */
export function identityProviderMapperRepresentation(mapper: IdentityProviderMapper) {
  const { id, name, alias, mapper: kind, config } = mapper
  return {
    id,
    name,
    identityProviderAlias: alias,
    identityProviderMapper: kind,
    config: { ...config },
  }
}

/** @returns the row of a mapper's representation; one without `id` gets a new one */
export function identityProviderMapperRow(
  realmId: RealmId,
  given: Readonly<Record<string, unknown>>,
): IdentityProviderMapper {
  return {
    id: textOf(given['id']) || newUuid(),
    realmId,
    alias: textOf(given['identityProviderAlias']),
    name: textOf(given['name']),
    mapper: textOf(given['identityProviderMapper']),
    config: textsOf(given['config']),
  }
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Keycloak holds settings as texts; null takes one away. */
function textsOf(config: unknown): Record<string, string> {
  const entries = Object.entries((config ?? {}) as Record<string, Json | undefined>)
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      value === undefined || value === null ? [] : [[name, textOf(value)]],
    ),
  )
}
