import { ModelError } from '../realms/model-error.ts'
import { attributeValues } from './attribute-values.ts'
import { isInternalAttribute } from './internal-attributes.ts'
import { pendingEmailAttribute } from './pending-email.ts'
import type { ProfileValues } from './profile-validation.ts'
import type { User } from './user.ts'
import {
  columnNames,
  effectiveProfile,
  mayEdit,
  mayEditUnmanaged,
  type ProfileRealm,
  type ProfileRole,
} from './user-profile.ts'

/** The members of a user that its realm's profile rules. */
export type ProfileMembers = Pick<
  User,
  'username' | 'email' | 'firstName' | 'lastName' | 'attributes' | 'serviceAccountClientUuid'
>

/** What is given of them; absent members stay, unless `attributes` says that this is the whole profile. */
export interface GivenProfile {
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly attributes?: Readonly<Record<string, readonly string[]>> | undefined
}

/** What a profile becomes, and what was asked for: the two differ where something asked for may not be written. */
export interface ProfileChange {
  readonly members: ProfileMembers
  readonly values: ProfileValues
}

const missingName = () => new ModelError('invalid', 'User name is missing')

/** @returns the user's values as the profile sees them */
export function profileValuesOf(user: Omit<ProfileMembers, 'serviceAccountClientUuid'>) {
  const one = (value: string | null) => (value === null ? [] : [value])
  const values: ProfileValues = {
    ...user.attributes,
    username: [user.username],
    email: one(user.email),
    firstName: one(user.firstName),
    lastName: one(user.lastName),
  }
  return values
}

/**
 * Applies given members as Keycloak does. With `attributes` they are the whole profile, and what is missing is erased;
 * without, what is missing stays. What this role may not edit stays in either case.
 * @param present null for a new user
 * @throws ModelError `invalid` without a user name
 */
export function changedProfile(
  realm: ProfileRealm,
  role: ProfileRole,
  present: ProfileMembers | null,
  given: GivenProfile,
): ProfileChange {
  const whole = given.attributes !== undefined || present === null
  const column = (name: 'email' | 'firstName' | 'lastName') => {
    const value = given[name] ?? given.attributes?.[name]?.[0]
    if (value === undefined) return whole ? null : (present?.[name] ?? null)
    return value.trim() === '' ? null : value
  }
  const email = column('email')?.trim().toLowerCase() ?? null
  const username = usernameOf(realm, present, given, email)
  const columns = { username, email, firstName: column('firstName'), lastName: column('lastName') }
  const asked = askedAttributes(realm, role, present, given)
  const members = {
    ...columns,
    attributes: writtenAttributes(realm, role, present, asked),
    serviceAccountClientUuid: present?.serviceAccountClientUuid ?? null,
  }
  return { members, values: profileValuesOf({ ...columns, attributes: asked }) }
}

function usernameOf(
  { settings }: ProfileRealm,
  present: ProfileMembers | null,
  given: GivenProfile,
  email: string | null,
): string {
  const fixed = present?.serviceAccountClientUuid ? present.username : undefined
  if (fixed !== undefined) return fixed
  if (settings.registrationEmailAsUsername && email !== null) return email
  const username = given.username?.trim().toLowerCase()
  if (username) return username
  const needed = given.attributes !== undefined && settings.editUsernameAllowed
  if (present === null || username === '' || needed) throw missingName()
  return present.username
}

/** @returns every attribute with what was asked for it; what was not asked for as it is, or gone where it was left out */
function askedAttributes(
  realm: ProfileRealm,
  role: ProfileRole,
  present: ProfileMembers | null,
  given: GivenProfile,
): Record<string, string[]> {
  const kept = present?.attributes ?? {}
  if (given.attributes === undefined) return withDefaults(realm, { ...kept })
  const asked: Record<string, string[]> = {}
  const editable = editableBy(realm, role, present)
  for (const [name, values] of Object.entries(kept)) {
    if (!editable(name)) asked[name] = [...values]
  }
  for (const [name, values] of Object.entries(given.attributes)) {
    // What a new user may not be given is left out without a word.
    if (columnNames.has(name) || (present === null && !editable(name, true))) continue
    asked[name] = [...values]
  }
  return withDefaults(realm, asked)
}

function writtenAttributes(
  realm: ProfileRealm,
  role: ProfileRole,
  present: ProfileMembers | null,
  asked: Readonly<Record<string, string[]>>,
): Record<string, string[]> {
  const editable = editableBy(realm, role, present)
  const written: Record<string, string[]> = {}
  for (const [name, values] of Object.entries(asked)) {
    const kept = editable(name) ? values : attributeValues(present?.attributes, name)
    const full = kept.filter((value) => value.trim() !== '')
    if (full.length > 0) written[name] = full
  }
  return written
}

/** @returns whether an attribute may be written; `offered` also counts those whose check is what refuses them */
function editableBy(realm: ProfileRealm, role: ProfileRole, present: ProfileMembers | null) {
  if (present?.serviceAccountClientUuid && role === 'admin') return () => true
  const profile = effectiveProfile(realm)
  const managed = new Map(profile.attributes.map((attribute) => [attribute.name, attribute]))
  const others = mayEditUnmanaged(profile, role)
  return (name: string, offered = false): boolean => {
    const attribute = managed.get(name)
    if (attribute) return mayEdit(attribute, role)
    if (name === pendingEmailAttribute) return role === 'admin'
    return others && name !== 'kc.read.only' && (offered || !isInternalAttribute(name, role))
  }
}

function withDefaults(realm: ProfileRealm, asked: Record<string, string[]>) {
  for (const { name, defaultValue } of effectiveProfile(realm).attributes) {
    if (defaultValue === undefined || columnNames.has(name)) continue
    if (!asked[name]?.some((value) => value.trim() !== '')) asked[name] = [defaultValue]
  }
  return asked
}
