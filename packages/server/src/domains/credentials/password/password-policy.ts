import type { Patterns } from '../../../patterns/patterns.ts'
import type { Realm } from '../../realms/realm.ts'
import {
  argon2IterationsMax,
  passwordPolicyProblem,
  pbkdf2IterationsMax,
} from './password-rules.ts'
import { splitPolicy } from './split-policy.ts'

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
  /** In the order of the text. */
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
  /** With fewer recovery codes left, the account console warns. */
  readonly recoveryCodesWarningThreshold: number
  /** File name of the blacklist. */
  readonly passwordBlacklist: string | undefined
  /** Where leaked passwords are looked up: see LeakedPasswords. */
  readonly notLeaked: string | undefined
}

/** @returns the realm's policy */
export function passwordPolicyOf(realm: Pick<Realm, 'settings'>): PasswordPolicy {
  return parsePasswordPolicy(realm.settings.passwordPolicy ?? '')
}

/** @param text as in the realm's `passwordPolicy` */
export function parsePasswordPolicy(text: string): PasswordPolicy {
  const rules = splitPolicy(text).map(({ name, value }) => ({ name, value: value ?? '' }))
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
    hashIterations: iterations(value('hashIterations'), value('hashAlgorithm') || 'argon2'),
    passwordHistory: number('passwordHistory', 3) ?? 0,
    passwordAgeDays: number('passwordAge', 30) ?? 0,
    forceExpiredPasswordChangeDays: number('forceExpiredPasswordChange', 365),
    maxAuthAgeSeconds: number('maxAuthAge', 300),
    recoveryCodesWarningThreshold: number('recoveryCodesWarningThreshold', 4) ?? 4,
    passwordBlacklist: value('passwordBlacklist') || undefined,
    notLeaked: value('notLeaked') || undefined,
  }
}

type Rule = (password: string, value: string, subject: PolicySubject) => PolicyViolation | undefined

/** Rules that need only the password and who sets it. Reuse and blacklist need storage: see passwords.ts. */
const checks: Readonly<Record<string, Rule>> = {
  length: (password, value) =>
    password.length < integer(value, 8)
      ? violation('invalidPasswordMinLengthMessage', integer(value, 8))
      : undefined,
  maxLength: (password, value) =>
    password.length > integer(value, 64)
      ? violation('invalidPasswordMaxLengthMessage', integer(value, 64))
      : undefined,
  digits: counted(/\p{Nd}/u, 'invalidPasswordMinDigitsMessage'),
  lowerCase: counted(/\p{Lowercase}/u, 'invalidPasswordMinLowerCaseCharsMessage'),
  upperCase: counted(/\p{Uppercase}/u, 'invalidPasswordMinUpperCaseCharsMessage'),
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
}

/** What a check of a policy needs beside the password. */
export interface PolicyCheck {
  /** Of the realm. */
  readonly realm: Pick<Realm, 'name' | 'settings'>
  readonly patterns: Pick<Patterns, 'matches'>
}

/** What a policy that cannot be understood, of an import for example, lets a new password be: nothing. */
const notUnderstood: PolicyViolation = { key: 'invalidPasswordGenericMessage', params: [] }

/**
 * @returns the first rule, in the policy's order, that the password breaks by itself. While a rule cannot be understood no
 *   password is good enough.
 */
export async function violatedRule(
  { realm, patterns }: PolicyCheck,
  password: string,
  subject: PolicySubject,
): Promise<PolicyViolation | undefined> {
  if (passwordPolicyProblem(realm.settings.passwordPolicy ?? '') !== undefined) return notUnderstood
  const place = { realm: realm.name, setting: 'passwordPolicy regexPattern' }
  for (const { name, value } of passwordPolicyOf(realm).rules) {
    if (name === 'regexPattern' && !(await patterns.matches(value, password, place))) {
      return violation('invalidPasswordRegexPatternMessage', value)
    }
    const broken = checks[name]?.(password, value, subject)
    if (broken !== undefined) return broken
  }
  return undefined
}

/** Counts as Java does, in UTF-16 units. */
function counted(pattern: RegExp, key: string): Rule {
  return (password, value) => {
    const least = integer(value, 1)
    const found = password.split('').filter((unit) => pattern.test(unit)).length
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

/**
 * Keycloak means `-1` and absence as "the algorithm's default", and so it does with more than Argon2 takes: old realms have
 * the iterations of PBKDF2 and no algorithm.
 */
function iterations(value: string | undefined, algorithm: string): number | undefined {
  const number = Number.parseInt(value ?? '', 10)
  if (Number.isNaN(number) || number < 1) return undefined
  const max = algorithm === 'argon2' ? argon2IterationsMax : pbkdf2IterationsMax
  return number > max ? undefined : number
}
