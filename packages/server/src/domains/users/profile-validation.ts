import { attributeValues } from './attribute-values.ts'
import { isInternalAttribute } from './internal-attributes.ts'
import type { Refusal } from './profile-refusal.ts'
import { type PatternMatches, refusalOf, type ValidatorConfig } from './profile-validators.ts'
import {
  columnNames,
  effectiveProfile,
  isRequired,
  mayEdit,
  mayEditUnmanaged,
  type ProfileAttribute,
  type ProfileRealm,
  type ProfileRole,
} from './user-profile.ts'
import { validatorProblem } from './validator-problem.ts'

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
  readonly realm: ProfileRealm
  readonly role: ProfileRole
  /** What was asked for. */
  readonly values: ProfileValues
  /** Values before the change; null for a new user. Attributes that stay equal may also be read-only. */
  readonly before: ProfileValues | null
  /** Client scopes of the request, where the user itself edits. */
  readonly scopes?: readonly string[]
  readonly matches: PatternMatches
}

/** A change of a user that its realm's profile refuses. */
export class ProfileRejected extends Error {
  readonly errors: readonly ProfileError[]

  constructor(errors: readonly ProfileError[]) {
    super('the user profile refuses the change')
    this.errors = errors
  }
}

/** Longest value of an attribute whose own rules set no length (Keycloak's default). */
const valueCharactersMax = 2048
const nameCharactersMax = 255

/** @returns every check that fails, in the order of the profile's attributes; empty when all is well */
export async function profileErrors(check: ProfileCheck): Promise<ProfileError[]> {
  const { attributes } = effectiveProfile(check.realm)
  const order = attributes.toSorted((a, b) => rank(a) - rank(b))
  const errors: ProfileError[] = []
  for (const attribute of order) errors.push(...(await attributeErrors(check, attribute)))
  return [...errors, ...unmanagedErrors(check)]
}

/** Keycloak checks the user name first and the e-mail address last of the four. */
function rank({ name }: ProfileAttribute): number {
  return name === 'email' ? 1 : 0
}

async function attributeErrors(
  check: ProfileCheck,
  attribute: ProfileAttribute,
): Promise<ProfileError[]> {
  const { realm, role, scopes } = check
  const values = attributeValues(check.values, attribute.name)
  const error = errorOf(attribute.name)
  if (!selected(check, attribute)) return []
  if (isReadOnlyChange(check, attribute)) return [error('error-user-attribute-read-only')]
  // A rule that nobody here can follow binds nobody: it would only lock users out.
  if (!isEditable(check, attribute)) return []
  const errors: ProfileError[] = []
  const needed = isRequired(realm, attribute, role, scopes)
  if (needed && !values.some((value) => value.trim() !== '')) {
    errors.push(error('error-user-attribute-required'))
  }
  errors.push(...countError(attribute, values, error))
  for (const rule of Object.entries(rulesOf(attribute))) {
    const refusals = await refusalsOf(check, attribute.name, rule)
    errors.push(...refusals.map(({ message, params }) => error(message, ...params)))
  }
  return distinct(errors)
}

/**
 * What a rule says of the values. One that cannot be followed came with an import: until it is mended it refuses every
 * change, taking the value away included, and does not lock out whoever keeps what they have.
 */
async function refusalsOf(
  check: ProfileCheck,
  name: string,
  [validator, config]: [validator: string, config: ValidatorConfig | null],
): Promise<Refusal[]> {
  const place = { realm: check.realm.name, setting: `user profile attribute ${name}` }
  const filled = attributeValues(check.values, name).filter((one) => one !== '')
  const refusals: Refusal[] = []
  for (const value of filled) {
    const trial = { matches: check.matches, place }
    const refusal = await refusalOf(validator, value, config ?? {}, trial)
    if (refusal) refusals.push(refusal)
  }
  const changes = differs(check.before ?? {}, { [name]: filled }, name)
  const isTakenAway = changes && filled.length === 0
  const isKept = !changes && refusals.length > 0
  if (!(isTakenAway || isKept) || validatorProblem(validator, config ?? {}) === null) {
    return refusals
  }
  return isKept ? [] : [{ message: 'error-invalid-value', params: [] }]
}

function rulesOf({ name, validations = {} }: ProfileAttribute) {
  const { multivalued: _, ...rules } = validations
  const max = columnNames.has(name) ? nameCharactersMax : valueCharactersMax
  return 'length' in rules ? rules : { ...rules, length: { min: 0, max } }
}

function errorOf(field: string) {
  return (errorMessage: string, ...params: unknown[]): ProfileError => ({
    field,
    errorMessage,
    params: [field, ...params],
  })
}

function distinct(errors: readonly ProfileError[]): ProfileError[] {
  return [...new Map(errors.map((each) => [JSON.stringify(each), each])).values()]
}

function selected({ role, scopes = [] }: ProfileCheck, { selector }: ProfileAttribute): boolean {
  if (role === 'admin' || !selector?.scopes?.length) return true
  return selector.scopes.some((scope) => scopes.includes(scope))
}

function isEditable({ realm, role, before }: ProfileCheck, attribute: ProfileAttribute): boolean {
  const { editUsernameAllowed, registrationEmailAsUsername } = realm.settings
  if (attribute.name !== 'username') return mayEdit(attribute, role)
  if (registrationEmailAsUsername) return false
  return before === null || (editUsernameAllowed && mayEdit(attribute, role))
}

function isReadOnlyChange(check: ProfileCheck, attribute: ProfileAttribute): boolean {
  const { before, realm, role, values } = check
  if (before === null || !differs(before, values, attribute.name)) return false
  if (attribute.name !== 'username') return !mayEdit(attribute, role)
  const { editUsernameAllowed, registrationEmailAsUsername } = realm.settings
  if (registrationEmailAsUsername) return false
  return !editUsernameAllowed || !mayEdit(attribute, role)
}

function differs(before: ProfileValues, now: ProfileValues, name: string): boolean {
  const a = attributeValues(before, name)
  const b = attributeValues(now, name)
  return a.length !== b.length || a.some((value, index) => value !== b[index])
}

function countError(
  { multivalued, validations }: ProfileAttribute,
  values: readonly string[],
  error: ReturnType<typeof errorOf>,
): ProfileError[] {
  const rule = validations?.['multivalued'] ?? (multivalued ? undefined : { max: 1 })
  if (rule === undefined) return []
  const min = Math.max(0, Number(rule['min'] ?? 0))
  const max = Number(rule['max'] ?? Number.MAX_SAFE_INTEGER)
  const count = values.filter((value) => value !== '').length
  if (count >= min && count <= max) return []
  return [error('error-invalid-multivalued-size', min, max)]
}

/** What is wrong with attributes that the profile does not name, where they may be written at all. */
function unmanagedErrors({ realm, role, values, before }: ProfileCheck): ProfileError[] {
  const profile = effectiveProfile(realm)
  if (!mayEditUnmanaged(profile, role)) return []
  const managed = new Set(profile.attributes.map(({ name }) => name))
  const errors: ProfileError[] = []
  for (const [name, list] of Object.entries(values)) {
    if (managed.has(name) || columnNames.has(name)) continue
    const error = errorOf(name)
    if (isInternalAttribute(name, role) && differs(before ?? {}, values, name)) {
      errors.push(error('updateReadOnlyAttributesRejectedMessage'))
    }
    if (name.length > nameCharactersMax) {
      errors.push(error('error-invalid-length', 0, nameCharactersMax))
    }
    if (list.some((value) => value.length > valueCharactersMax)) {
      errors.push(error('error-invalid-length', 0, valueCharactersMax))
    }
  }
  return errors
}
