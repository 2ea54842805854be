import { refusalOf } from './profile-validators.ts'
import {
  isRequired,
  mayEdit,
  type ProfileAttribute,
  type ProfileRole,
  type UserProfile,
} from './user-profile.ts'

/** One failed check, as Keycloak reports it. */
export interface ProfileError {
  readonly field: string
  readonly errorMessage: string
  readonly params: readonly unknown[]
}

/** All values of a user by attribute name, `username`, `email`, `firstName` and `lastName` among them. */
export type ProfileValues = Readonly<Record<string, readonly string[]>>

/** What is checked and by whom. */
export interface ProfileCheck {
  readonly profile: UserProfile
  readonly role: ProfileRole
  readonly values: ProfileValues
  /** Values before the change; absent for a new user. Attributes that stay equal may also be read-only. */
  readonly before?: ProfileValues
  /** Client scopes of the request, where the user itself edits. */
  readonly scopes?: readonly string[]
  /** `realm.editUsernameAllowed`; administrators are bound by it as well. */
  readonly usernameEditable: boolean
}

/** @returns every check that fails, in the order of the profile's attributes; empty when all is well */
export function profileErrors(check: ProfileCheck): ProfileError[] {
  const order = [...check.profile.attributes].toSorted((a, b) => rank(a) - rank(b))
  return order.flatMap((attribute) => attributeErrors(check, attribute))
}

/** Keycloak checks the user name first and the e-mail address last of the four. */
function rank({ name }: ProfileAttribute): number {
  return name === 'email' ? 1 : 0
}

function attributeErrors(check: ProfileCheck, attribute: ProfileAttribute): ProfileError[] {
  const { name } = attribute
  const values = check.values[name] ?? []
  const error = (errorMessage: string, ...params: unknown[]): ProfileError => ({
    field: name,
    errorMessage,
    params: [name, ...params],
  })
  if (isReadOnlyChange(check, attribute)) return [error('error-user-attribute-read-only')]
  const present = values.filter((value) => value.trim() !== '')
  if (present.length === 0) {
    const needed = isRequired(attribute, check.role, check.scopes) && selected(check, attribute)
    return needed ? [error('error-user-attribute-required')] : []
  }
  const errors = countError(attribute, values, error)
  for (const [validator, config] of Object.entries(attribute.validations ?? {})) {
    for (const value of present) {
      const refusal = refusalOf(validator, value, config)
      if (refusal) errors.push(error(refusal.message, ...refusal.params))
    }
  }
  return errors
}

function selected({ role, scopes = [] }: ProfileCheck, { selector }: ProfileAttribute): boolean {
  if (role === 'admin' || !selector?.scopes?.length) return true
  return selector.scopes.some((scope) => scopes.includes(scope))
}

function isReadOnlyChange(check: ProfileCheck, attribute: ProfileAttribute): boolean {
  if (!check.before) return false
  const { name } = attribute
  const before = check.before[name] ?? []
  const now = check.values[name] ?? []
  const changed =
    before.length !== now.length || before.some((value, index) => value !== now[index])
  if (!changed) return false
  return name === 'username' ? !check.usernameEditable : !mayEdit(attribute, check.role)
}

function countError(
  attribute: ProfileAttribute,
  values: readonly string[],
  error: (message: string, ...params: unknown[]) => ProfileError,
): ProfileError[] {
  const rule = attribute.validations?.['multivalued'] ?? {}
  const max = attribute.multivalued ? Number(rule['max'] ?? Number.POSITIVE_INFINITY) : 1
  const min = attribute.multivalued ? Number(rule['min'] ?? 0) : 0
  if (values.length >= min && values.length <= max) return []
  return [error('error-invalid-multivalued-size', min, max)]
}

/**
 * @param role administrators may keep attributes that the profile does not name where its policy says so
 * @returns the attributes that may be stored, without the four that are columns; default values filled in
 */
export function storableAttributes(
  profile: UserProfile,
  role: ProfileRole,
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, string[]> {
  const managed = new Set(profile.attributes.map(({ name }) => name))
  const policy = profile.unmanagedAttributePolicy
  const unmanaged = policy === 'ENABLED' || (policy === 'ADMIN_EDIT' && role === 'admin')
  const stored: Record<string, string[]> = {}
  for (const [name, values] of Object.entries(given)) {
    if (columnNames.has(name) || values.length === 0) continue
    if (managed.has(name) || unmanaged || alwaysManaged.has(name)) stored[name] = [...values]
  }
  for (const { name, defaultValue } of profile.attributes) {
    if (defaultValue !== undefined && !stored[name]?.some((value) => value !== '')) {
      stored[name] = [defaultValue]
    }
  }
  return stored
}

/** Attributes that are columns of a user. */
const columnNames: ReadonlySet<string> = new Set(['username', 'email', 'firstName', 'lastName'])
/** Attributes that every realm's profile has without naming them. */
const alwaysManaged: ReadonlySet<string> = new Set(['locale', 'terms_and_conditions'])
