import { ownMember } from '../../shared/own-member.ts'
import { requireImportedKey } from '../keys/imported-key.ts'
import { keyProviderType } from '../keys/key-component.ts'
import { checkKeySettings, keyProviders } from '../keys/key-providers.ts'
import type { ComponentConfig } from '../realms/component-property.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ComponentProvider, ComponentProviders } from './component-provider.ts'
import { ldapMapperType } from './default-ldap-mappers.ts'
import { ldapMappers } from './ldap-mappers.ts'
import { registrationPolicies } from './registration-policies.ts'
import { userStorageProviders } from './user-storage.ts'
import { eventListenerProviders, eventListenerType } from './webhook-settings.ts'

export const registrationPolicyType =
  'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
export const userProfileType = 'org.keycloak.userprofile.UserProfileProvider'
export const userStorageType = 'org.keycloak.storage.UserStorageProvider'

const keys: ComponentProviders = Object.fromEntries(
  Object.entries(keyProviders).map(([id, properties]) => [
    id,
    {
      properties,
      check: (config: ComponentConfig) => {
        checkKeySettings(id, config)
        requireImportedKey(id, config)
      },
    },
  ]),
)

/** The profile's members are checked where it is written as such; here, that it is one. */
function checkUserProfile(config: ComponentConfig): void {
  const text = config['kc.user.profile.config']?.[0]
  if (text === undefined) return
  let profile: unknown
  try {
    profile = JSON.parse(text)
  } catch (error) {
    throw new ModelError('invalid', `The user profile is not JSON: ${(error as Error).message}`)
  }
  if (!isUserProfile(profile)) {
    throw new ModelError('invalid', 'The user profile is none: attributes and groups have names')
  }
}

function isUserProfile(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { attributes = [], groups = [] } = value as { attributes?: unknown; groups?: unknown }
  return [attributes ?? [], groups ?? []].every(
    (list) => Array.isArray(list) && list.every((one) => typeof one?.name === 'string'),
  )
}

/** Every component type of Keycloak that is stored here, with its providers. */
export const componentProviders: Readonly<Record<string, ComponentProviders>> = {
  [keyProviderType]: keys,
  [registrationPolicyType]: registrationPolicies,
  [userProfileType]: {
    'declarative-user-profile': { properties: [], check: checkUserProfile },
  },
  [userStorageType]: userStorageProviders,
  [ldapMapperType]: ldapMappers,
  [eventListenerType]: eventListenerProviders,
}

/** @returns the provider, or undefined when there is none of that type and id */
export function componentProvider(type: string, id: string): ComponentProvider | undefined {
  const ofType = ownMember(componentProviders, type)
  return ownMember(ofType, id)
}
