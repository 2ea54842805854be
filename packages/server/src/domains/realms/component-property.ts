import { ModelError } from './model-error.ts'

/** One setting of a component's provider, as `serverinfo` describes it to consoles. */
export interface ComponentProperty {
  readonly name: string
  readonly label: string
  readonly type:
    | 'String'
    | 'boolean'
    | 'List'
    | 'MultivaluedList'
    | 'MultivaluedString'
    | 'Text'
    | 'File'
    | 'Password'
    | 'Role'
    | 'ClientList'
    | 'UserProfileAttributeList'
  /** Of the type that Keycloak's has: it is not always a text. */
  readonly defaultValue?: string | number | boolean
  readonly options?: readonly string[]
  /** Masked in answers and sealed at rest. */
  readonly secret?: true
}

/** A component's configuration: every setting is a list of texts. */
export type ComponentConfig = Readonly<Record<string, readonly string[]>>

/** @returns the first value of a setting; undefined for none, and for the empty text, which counts as none */
export function settingOf(config: ComponentConfig, name: string): string | undefined {
  return config[name]?.[0] || undefined
}

/** Largest number that Keycloak reads: a Java long. */
const longMax = 2n ** 63n - 1n

type Named = Pick<ComponentProperty, 'name' | 'label'>

/** @throws ModelError `invalid` in Keycloak's words, as all checks here */
export function requireSetting(config: ComponentConfig, { name, label }: Named): string {
  const value = settingOf(config, name)
  if (value === undefined) throw new ModelError('invalid', `'${label}' is required`)
  return value
}

/** Whole numbers from `-max - 1` to `max`. */
export function checkNumber(config: ComponentConfig, { name, label }: Named, max = longMax): void {
  const value = settingOf(config, name)
  if (value === undefined) return
  const whole = /^[+-]?\d{1,19}$/.test(value) ? BigInt(value.replace('+', '')) : undefined
  if (whole === undefined || whole > max || whole < -max - 1n) {
    throw new ModelError('invalid', `'${label}' should be a number`)
  }
}

export function checkBoolean(config: ComponentConfig, { name, label }: Named): void {
  const value = settingOf(config, name)
  if (value !== undefined && value !== 'true' && value !== 'false') {
    throw new ModelError('invalid', `'${label}' should be 'true' or 'false'`)
  }
}

export function checkOption(
  config: ComponentConfig,
  { name, label, options = [] }: Named & Pick<ComponentProperty, 'options'>,
): void {
  const value = settingOf(config, name)
  if (value === undefined || options.includes(value)) return
  const listed = `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`
  throw new ModelError('invalid', `'${label}' should be ${listed}`)
}
