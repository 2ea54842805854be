import type { Realm } from '../realms/realm.ts'
import { defaultUserProfile } from './default-user-profile.ts'

/** Who looks at a profile: an administrator, or the user. */
export type ProfileRole = 'admin' | 'user'

/** One attribute of a realm's user profile (Keycloak's UPAttribute). */
export interface ProfileAttribute {
  readonly name: string
  readonly displayName?: string
  readonly validations?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly annotations?: Readonly<Record<string, unknown>>
  /** `{}` = always; with roles or scopes only for these. */
  readonly required?: { readonly roles?: readonly string[]; readonly scopes?: readonly string[] }
  readonly permissions?: { readonly view?: readonly string[]; readonly edit?: readonly string[] }
  readonly selector?: { readonly scopes?: readonly string[] }
  readonly group?: string
  readonly multivalued?: boolean
  readonly defaultValue?: string
}

export interface ProfileGroup {
  readonly name: string
  readonly displayHeader?: string
  readonly displayDescription?: string
  readonly annotations?: Readonly<Record<string, unknown>>
}

/** A realm's user profile (Keycloak's UPConfig). */
export interface UserProfile {
  readonly attributes: readonly ProfileAttribute[]
  readonly groups?: readonly ProfileGroup[]
  /** What happens to attributes that it does not name; absent = they are dropped. */
  readonly unmanagedAttributePolicy?: 'ENABLED' | 'ADMIN_EDIT' | 'ADMIN_VIEW'
}

const userProfileType = 'org.keycloak.userprofile.UserProfileProvider'

/** @returns the profile that the realm's component holds, or Keycloak's default */
export function userProfileOf(realm: Realm): UserProfile {
  const component = realm.components.find(({ providerType }) => providerType === userProfileType)
  const pieces = component?.config['kc.user.profile.config'] ?? []
  return pieces[0] ? (JSON.parse(pieces[0]) as UserProfile) : defaultUserProfile
}

/** @returns whether an attribute must have a value. @param scopes client scopes of the request, for users */
export function isRequired(
  attribute: ProfileAttribute,
  role: ProfileRole,
  scopes: readonly string[] = [],
): boolean {
  const { required } = attribute
  if (!required) return attribute.name === 'username'
  const { roles = [], scopes: ofScopes = [] } = required
  if (roles.length === 0 && ofScopes.length === 0) return true
  if (roles.length > 0 && !roles.includes(role)) return false
  return (
    ofScopes.length === 0 || (role === 'user' && ofScopes.some((name) => scopes.includes(name)))
  )
}

/** @returns whether this role may change the attribute */
export function mayEdit(attribute: ProfileAttribute, role: ProfileRole): boolean {
  return attribute.permissions?.edit?.includes(role) ?? role === 'admin'
}

/** @returns whether this role may see the attribute */
export function mayView(attribute: ProfileAttribute, role: ProfileRole): boolean {
  return (attribute.permissions?.view?.includes(role) ?? false) || mayEdit(attribute, role)
}
