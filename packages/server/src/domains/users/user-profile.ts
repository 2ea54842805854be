import type { Realm } from '../realms/realm.ts'
import { defaultUserProfile } from './default-user-profile.ts'

/** Who looks at a profile: an administrator, or the user. */
export type ProfileRole = 'admin' | 'user'

/** What happens to attributes that a profile does not name; absent = nobody sees or writes them. */
export type UnmanagedAttributePolicy = 'ENABLED' | 'ADMIN_EDIT' | 'ADMIN_VIEW'

/** One attribute of a realm's user profile (Keycloak's UPAttribute). */
export interface ProfileAttribute {
  readonly name: string
  readonly displayName?: string
  readonly validations?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>
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
  readonly unmanagedAttributePolicy?: UnmanagedAttributePolicy
}

/** What decides which attributes a realm's users have, and who may change them. */
export type ProfileRealm = Pick<Realm, 'name' | 'components' | 'settings'>

export const userProfileType = 'org.keycloak.userprofile.UserProfileProvider'
/** Member of the component's configuration that holds the profile as JSON. */
export const userProfileMember = 'kc.user.profile.config'

/** Attributes that are columns of a user. */
export const columnNames: ReadonlySet<string> = new Set([
  'username',
  'email',
  'firstName',
  'lastName',
])

const everybody = ['admin', 'user']
const localeAttribute: ProfileAttribute = {
  name: 'locale',
  displayName: 'locale',
  permissions: { view: everybody, edit: everybody },
}
/** When the terms were accepted; written by the required action alone. */
const termsAttribute: ProfileAttribute = {
  name: 'terms_and_conditions',
  displayName: '${termsAndConditionsUserAttribute}',
  permissions: { view: everybody, edit: [] },
}

/** Attributes that a realm has by its other settings; Keycloak counts no values of them. */
export const impliedAttributes: ReadonlySet<ProfileAttribute> = new Set([
  localeAttribute,
  termsAttribute,
])

const profiles = new WeakMap<readonly unknown[], UserProfile>()

/** @returns the profile that the realm's component holds, or Keycloak's default */
export function userProfileOf({ components }: Pick<Realm, 'components'>): UserProfile {
  const known = profiles.get(components)
  if (known) return known
  const component = components.find(({ providerType }) => providerType === userProfileType)
  const pieces = component?.config[userProfileMember] ?? []
  const profile = pieces[0] ? (JSON.parse(pieces[0]) as UserProfile) : defaultUserProfile
  profiles.set(components, profile)
  return profile
}

/** @returns the profile with the attributes that a realm has by its other settings: `locale`, and when terms were accepted */
export function effectiveProfile(realm: ProfileRealm): UserProfile {
  const profile = userProfileOf(realm)
  const named = new Set(profile.attributes.map(({ name }) => name))
  const { internationalizationEnabled, requiredActions } = realm.settings
  const terms = requiredActions.some(
    ({ providerId, enabled }) => providerId === 'TERMS_AND_CONDITIONS' && enabled,
  )
  const added = [
    ...(terms ? [termsAttribute] : []),
    ...(internationalizationEnabled ? [localeAttribute] : []),
  ].filter(({ name }) => !named.has(name))
  return { ...profile, attributes: [...added, ...profile.attributes] }
}

/** @returns whether an attribute must have a value. @param scopes client scopes of the request, for users */
export function isRequired(
  realm: ProfileRealm,
  attribute: ProfileAttribute,
  role: ProfileRole,
  scopes: readonly string[] = [],
): boolean {
  const { registrationEmailAsUsername } = realm.settings
  if (attribute.name === 'username') return !registrationEmailAsUsername
  if (attribute.name === 'email' && registrationEmailAsUsername) return true
  const { required } = attribute
  if (!required) return false
  const { roles = [], scopes: ofScopes = [] } = required
  if (roles.length === 0 && ofScopes.length === 0) return true
  if (roles.length > 0 && !roles.includes(role)) return false
  return (
    ofScopes.length === 0 || (role === 'user' && ofScopes.some((name) => scopes.includes(name)))
  )
}

/** Attributes that everybody may see and change as long as the profile grants nobody anything. */
const openByDefault: ReadonlySet<string> = new Set(['username', 'email'])

/** @returns whether this role may change the attribute */
export function mayEdit(attribute: ProfileAttribute, role: ProfileRole): boolean {
  const { view = [], edit = [] } = attribute.permissions ?? {}
  if (edit.includes(role)) return true
  return openByDefault.has(attribute.name) && view.length + edit.length === 0
}

/** @returns whether this role may see the attribute */
export function mayView(attribute: ProfileAttribute, role: ProfileRole): boolean {
  return (attribute.permissions?.view?.includes(role) ?? false) || mayEdit(attribute, role)
}

/** @returns whether the role may write attributes that the profile does not name */
export function mayEditUnmanaged(profile: UserProfile, role: ProfileRole): boolean {
  const { unmanagedAttributePolicy: policy } = profile
  return policy === 'ENABLED' || (policy === 'ADMIN_EDIT' && role === 'admin')
}
