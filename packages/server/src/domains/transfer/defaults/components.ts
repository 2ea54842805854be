import { newUuid } from '../../../shared/random.ts'
import { defaultKeyComponents } from '../../keys/generated-key.ts'
import type { KeyStock } from '../../keys/key-stock.ts'
import type { Component } from '../../realms/realm.ts'
import type { RealmId } from '../../typed-ids.ts'

/** Component types as exports name them: Java interfaces of Keycloak. */
export const keyProviderType = 'org.keycloak.keys.KeyProvider'
export const registrationPolicyType =
  'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
export const userProfileType = 'org.keycloak.userprofile.UserProfileProvider'

const mapperTypes = [
  'oidc-address-mapper',
  'oidc-full-name-mapper',
  'oidc-sha256-pairwise-sub-mapper',
  'oidc-usermodel-attribute-mapper',
  'oidc-usermodel-property-mapper',
  'saml-role-list-mapper',
  'saml-user-attribute-mapper',
  'saml-user-property-mapper',
]

/** @returns key components with freshly generated key material */
export async function defaultKeys(
  realmId: RealmId,
  realmName: string,
  stock: Pick<KeyStock, 'take'>,
): Promise<Component[]> {
  const keys = await defaultKeyComponents(realmName, stock)
  return keys.map((key) => ({
    id: newUuid(),
    parentId: realmId,
    providerType: keyProviderType,
    ...key,
  }))
}

/** Policies of dynamic client registration in a new realm. */
export function defaultRegistrationPolicies(realmId: RealmId): Component[] {
  const policy = (
    subType: 'anonymous' | 'authenticated',
    name: string,
    providerId: string,
    config: Record<string, string[]> = {},
  ): Component => ({
    id: newUuid(),
    parentId: realmId,
    providerType: registrationPolicyType,
    providerId,
    subType,
    name,
    config,
  })
  const forEveryone = (subType: 'anonymous' | 'authenticated') => [
    policy(subType, 'Allowed Protocol Mapper Types', 'allowed-protocol-mappers', {
      'allowed-protocol-mapper-types': [...mapperTypes],
    }),
    policy(subType, 'Allowed Client Scopes', 'allowed-client-templates', {
      'allow-default-scopes': ['true'],
    }),
    policy(subType, 'Allowed Registration Web Origins', 'registration-web-origins'),
  ]
  return [
    policy('anonymous', 'Trusted Hosts', 'trusted-hosts', {
      'host-sending-registration-request-must-match': ['true'],
      'client-uris-must-match': ['true'],
    }),
    policy('anonymous', 'Consent Required', 'consent-required'),
    policy('anonymous', 'Full Scope Disabled', 'scope'),
    policy('anonymous', 'Max Clients Limit', 'max-clients', { 'max-clients': ['200'] }),
    ...forEveryone('anonymous'),
    ...forEveryone('authenticated'),
  ]
}
