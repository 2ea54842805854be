import {
  configuredNumber,
  isValidator,
  type PatternMatches,
  refusalOf,
  type ValidatorConfig,
} from './profile-validators.ts'
import type { ProfileAttribute, UserProfile } from './user-profile.ts'

/** What a profile may refer to, and how its patterns are read. */
export interface ProfileSurroundings {
  /** The realm's name. */
  readonly realm: string
  /** Names of the realm's client scopes. */
  readonly scopes: ReadonlySet<string>
  /** @returns what is wrong with a pattern, or null */
  readonly patternMistake: (pattern: string) => string | null
  readonly matches: PatternMatches
}

/** A profile as it is sent: nothing says yet that it can be. */
export type GivenProfileConfig = {
  readonly attributes?: readonly (Omit<ProfileAttribute, 'name'> & { readonly name?: string })[]
  readonly groups?: readonly { readonly name?: string }[]
  readonly unmanagedAttributePolicy?: UserProfile['unmanagedAttributePolicy']
}

const roles: ReadonlySet<string> = new Set(['admin', 'user'])

/** @returns what Keycloak says of a profile that cannot be, in its words; empty when all is well */
export async function profileMistakes(
  { attributes = [], groups = [] }: GivenProfileConfig,
  around: ProfileSurroundings,
): Promise<string[]> {
  const mistakes: string[] = []
  const names = new Set<string>()
  const groupNames = new Set(groups.map(({ name }) => name))
  for (const attribute of attributes) {
    const { name, group } = attribute
    if (!name) {
      mistakes.push("Attribute configuration without 'name' is not allowed")
      continue
    }
    if (!/^[A-Za-z0-9._-]+$/.test(name)) {
      mistakes.push(
        `Invalid attribute name (only letters, numbers and '.' '_' '-' special characters allowed): ${name}'`,
      )
    }
    if (names.has(name)) {
      mistakes.push(`Attribute configuration already exists with 'name':'${name}'`)
    }
    names.add(name)
    mistakes.push(
      ...validatorMistakes(name, attribute, around),
      ...unknownNames(name, attribute, around),
    )
    if (group && !groupNames.has(group)) {
      mistakes.push(`Attribute '${name}' references unknown group '${group}'`)
    }
    if (await hasBadDefault(attribute, around)) {
      mistakes.push(`Default value for attribute '${name}' is invalid`)
    }
  }
  for (const name of ['username', 'email']) {
    if (!names.has(name)) mistakes.push(`The attribute '${name}' can not be removed`)
  }
  const nameless = groups.filter(({ name }) => name === undefined || name === null).length
  if (nameless > 0) {
    mistakes.push(`Name is mandatory for groups, found ${nameless} group(s) without name.`)
  }
  return mistakes
}

function unknownNames(
  name: string,
  { selector, required, permissions }: Omit<ProfileAttribute, 'name'>,
  { scopes }: ProfileSurroundings,
): string[] {
  const unknown = (
    member: string,
    kind: string,
    given: readonly string[] | null | undefined,
    known: ReadonlySet<string>,
  ) =>
    (given ?? [])
      .filter((each) => !known.has(each))
      .map(
        (each) =>
          `'${member}' configuration for attribute '${name}' contains unsupported ${kind} '${each}'`,
      )
  return [
    ...unknown('permissions.view', 'role', permissions?.view, roles),
    ...unknown('permissions.edit', 'role', permissions?.edit, roles),
    ...unknown('required.roles', 'role', required?.roles, roles),
    ...unknown('required.scopes', 'scope', required?.scopes, scopes),
    ...unknown('selector.scopes', 'scope', selector?.scopes, scopes),
  ]
}

async function hasBadDefault(
  { defaultValue, validations }: Omit<ProfileAttribute, 'name'>,
  { realm, matches }: ProfileSurroundings,
): Promise<boolean> {
  if (!defaultValue) return false
  const trial = { matches, place: { realm, setting: 'user profile' } }
  for (const [validator, config] of Object.entries(validations ?? {})) {
    if (await refusalOf(validator, defaultValue, config ?? {}, trial)) return true
  }
  return false
}

function validatorMistakes(
  name: string,
  { validations }: Omit<ProfileAttribute, 'name'>,
  { patternMistake }: ProfileSurroundings,
): string[] {
  return Object.entries(validations ?? {}).flatMap(([validator, config]) => {
    if (!isValidator(validator)) {
      return [`Validator '${validator}' defined for attribute '${name}' doesn't exist`]
    }
    if (config === null) return []
    const wrong = settingMistakes(validator, config, patternMistake)
    if (wrong.length === 0) return []
    const errors = wrong
      .map(
        ({ member, message, parameters = [] }) =>
          `ValidationError{validatorId='${validator}', inputHint='${member}', message='error-validator-config-${message}', messageParameters=[${parameters.join(', ')}]}, `,
      )
      .join('')
    return [
      `Validator '${validator}' defined for attribute '${name}' has incorrect configuration: ${errors}`,
    ]
  })
}

interface SettingMistake {
  readonly member: string
  readonly message: 'missing-value' | 'invalid-number-value' | 'invalid-value'
  readonly parameters?: readonly unknown[]
}

function settingMistakes(
  validator: string,
  config: ValidatorConfig,
  patternMistake: ProfileSurroundings['patternMistake'],
): SettingMistake[] {
  const { min, max } = config
  switch (validator) {
    case 'length':
      return min === undefined && max === undefined
        ? [
            { member: 'min', message: 'missing-value' },
            { member: 'max', message: 'missing-value' },
          ]
        : bounds(config)
    case 'integer':
    case 'double':
      return bounds(config)
    case 'multivalued': {
      if (max === undefined || max === '') return [{ member: 'max', message: 'missing-value' }]
      return bounds(config).map(({ member, message }) => ({ member, message }))
    }
    case 'email':
      return numbers(config, ['max-local-length'])
    case 'options': {
      const { options } = config
      if (options === undefined) return [{ member: 'options', message: 'missing-value' }]
      if (Array.isArray(options)) return []
      const parameters = ['must be list of values']
      return [{ member: 'options', message: 'invalid-value', parameters }]
    }
    case 'pattern': {
      const { pattern } = config
      if (pattern === undefined) return [{ member: 'pattern', message: 'missing-value' }]
      const why = patternMistake(String(pattern))
      if (why === null) return []
      return [{ member: 'pattern', message: 'invalid-value', parameters: [pattern, why] }]
    }
    default:
      return []
  }
}

function numbers(config: ValidatorConfig, members: readonly string[]): SettingMistake[] {
  return members
    .filter((member) => config[member] !== undefined && config[member] !== '')
    .filter((member) => configuredNumber(config[member]) === undefined)
    .map((member) => ({
      member,
      message: 'invalid-number-value',
      parameters: [config[member]],
    }))
}

function bounds(config: ValidatorConfig): SettingMistake[] {
  const wrong = numbers(config, ['min', 'max'])
  if (wrong.length > 0) return wrong
  const min = configuredNumber(config['min'])
  const max = configuredNumber(config['max'])
  const crossed = min !== undefined && max !== undefined && min > max
  return crossed ? [{ member: 'max', message: 'invalid-value' }] : []
}
