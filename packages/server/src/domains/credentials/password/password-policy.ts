import type { Realm } from '../../realms/realm.ts'

/** A rule that a password breaks: key of Keycloak's message catalogue and its parameters. */
export interface PolicyViolation {
  readonly key: string
  readonly params: readonly string[]
}

/** Who sets the password. */
export interface PolicySubject {
  readonly username: string
  readonly email: string | null
}

/** A realm's password policy, parsed from `length(8) and notUsername(undefined)`. */
export interface PasswordPolicy {
  /** In the order of the text; names that Keycloak does not know are kept and do nothing. */
  readonly rules: readonly { readonly name: string; readonly value: string }[]
  readonly hashAlgorithm: string | undefined
  readonly hashIterations: number | undefined
  /** How many earlier passwords may not come back. */
  readonly passwordHistory: number
  /** Days in which an earlier password may not come back. */
  readonly passwordAgeDays: number
  /** Days after which the password has to be changed. */
  readonly forceExpiredPasswordChangeDays: number | undefined
  /** Seconds since the last login within which the password may be changed by `kc_action`. */
  readonly maxAuthAgeSeconds: number | undefined
  /** File name of the blacklist. */
  readonly passwordBlacklist: string | undefined
}

/** @returns the realm's policy */
export function passwordPolicyOf(realm: Pick<Realm, 'settings'>): PasswordPolicy {
  return parsePasswordPolicy(realm.settings.passwordPolicy ?? '')
}

/** @param text as in the realm's `passwordPolicy` */
export function parsePasswordPolicy(text: string): PasswordPolicy {
  const rules = text
    .split(' and ')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const open = part.indexOf('(')
      if (open < 0) return { name: part, value: '' }
      const value = part.slice(open + 1, part.lastIndexOf(')'))
      return { name: part.slice(0, open).trim(), value: value === 'undefined' ? '' : value }
    })
  const value = (name: string): string | undefined =>
    rules.find((rule) => rule.name === name)?.value
  const number = (name: string, fallback: number): number | undefined => {
    const found = value(name)
    if (found === undefined) return undefined
    return integer(found, fallback)
  }
  return {
    rules,
    hashAlgorithm: value('hashAlgorithm') || undefined,
    hashIterations: iterations(value('hashIterations')),
    passwordHistory: number('passwordHistory', 3) ?? 0,
    passwordAgeDays: number('passwordAge', 30) ?? 0,
    forceExpiredPasswordChangeDays: number('forceExpiredPasswordChange', 365),
    maxAuthAgeSeconds: number('maxAuthAge', 300),
    passwordBlacklist: value('passwordBlacklist') || undefined,
  }
}

type Rule = (password: string, value: string, subject: PolicySubject) => PolicyViolation | undefined

/** Rules that need only the password and who sets it. Reuse and blacklist need storage: see passwords.ts. */
const checks: Readonly<Record<string, Rule>> = {
  length: (password, value) =>
    [...password].length < integer(value, 8)
      ? violation('invalidPasswordMinLengthMessage', integer(value, 8))
      : undefined,
  maxLength: (password, value) =>
    [...password].length > integer(value, 64)
      ? violation('invalidPasswordMaxLengthMessage', integer(value, 64))
      : undefined,
  digits: counted(/\p{Nd}/u, 'invalidPasswordMinDigitsMessage'),
  lowerCase: counted(/\p{Ll}/u, 'invalidPasswordMinLowerCaseCharsMessage'),
  upperCase: counted(/\p{Lu}/u, 'invalidPasswordMinUpperCaseCharsMessage'),
  specialChars: counted(/[^\p{L}\p{Nd}]/u, 'invalidPasswordMinSpecialCharsMessage'),
  notUsername: (password, _value, { username }) =>
    password.toLowerCase() === username.toLowerCase()
      ? violation('invalidPasswordNotUsernameMessage')
      : undefined,
  notEmail: (password, _value, { email }) =>
    email !== null && email !== '' && password.toLowerCase() === email.toLowerCase()
      ? violation('invalidPasswordNotEmailMessage')
      : undefined,
  notContainsUsername: (password, _value, { username }) =>
    username !== '' && password.toLowerCase().includes(username.toLowerCase())
      ? violation('invalidPasswordNotContainsUsernameMessage')
      : undefined,
  regexPattern: (password, value) => {
    const pattern = compiled(value)
    return pattern === undefined || pattern.test(password)
      ? undefined
      : violation('invalidPasswordRegexPatternMessage', value)
  },
}

/** @returns the first rule, in the policy's order, that the password breaks by itself */
export function violatedRule(
  policy: PasswordPolicy,
  password: string,
  subject: PolicySubject,
): PolicyViolation | undefined {
  for (const rule of policy.rules) {
    const broken = checks[rule.name]?.(password, rule.value, subject)
    if (broken !== undefined) return broken
  }
  return undefined
}

function counted(pattern: RegExp, key: string): Rule {
  return (password, value) => {
    const least = integer(value, 1)
    const found = [...password].filter((character) => pattern.test(character)).length
    return found < least ? violation(key, least) : undefined
  }
}

function violation(key: string, ...params: (string | number)[]): PolicyViolation {
  return { key, params: params.map(String) }
}

function integer(value: string, fallback: number): number {
  const number = Number.parseInt(value, 10)
  return Number.isNaN(number) ? fallback : number
}

/** Keycloak means `-1` and absence as "the algorithm's default". */
function iterations(value: string | undefined): number | undefined {
  const number = Number.parseInt(value ?? '', 10)
  return Number.isNaN(number) || number < 1 ? undefined : number
}

/** A pattern that this engine cannot read refuses nothing: an administrator's typing error must not lock everybody out. */
function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'su')
  } catch {
    return undefined
  }
}
