import { patternProblem } from '../../../patterns/patterns.ts'
import { isUrl } from './leaked-passwords.ts'
import { splitPolicy } from './split-policy.ts'

/** A rule that a realm's `passwordPolicy` may name, as `serverinfo` describes it. */
export interface PasswordRule {
  readonly id: string
  readonly displayName: string
  /** Absent for rules without a value. */
  readonly configType?: 'int' | 'String'
  readonly defaultValue?: string
  readonly multipleSupported: boolean
  /** @returns what is wrong with the value (null = none is given), in Keycloak's words; undefined when nothing is */
  readonly problem: (value: string | null) => string | undefined
}

/** Most rounds of PBKDF2, of a policy or a stored hash: beyond it one login could hold a thread for many seconds. */
export const pbkdf2IterationsMax = 10_000_000
/** Most passes of Argon2. A policy that asks for more means another algorithm's: Keycloak then takes its default. */
export const argon2IterationsMax = 100
const integerMax = 2_147_483_647

const notANumber = 'Not a valid number'

function number(id: string, displayName: string, defaultValue: string): PasswordRule {
  return {
    id,
    displayName,
    configType: 'int',
    defaultValue,
    multipleSupported: false,
    problem: (value) => (value === null || isInteger(value) ? undefined : notANumber),
  }
}

function flag(id: string, displayName: string): PasswordRule {
  return { id, displayName, multipleSupported: false, problem: () => undefined }
}

function text(
  id: string,
  displayName: string,
  defaultValue: string,
  problem: PasswordRule['problem'],
): PasswordRule {
  return { id, displayName, configType: 'String', defaultValue, multipleSupported: false, problem }
}

/** Names of the hash providers, by which the policy `hashAlgorithm` and credentials name them. */
const hashAlgorithms: ReadonlySet<string> = new Set([
  'argon2',
  'pbkdf2',
  'pbkdf2-sha256',
  'pbkdf2-sha512',
])

/** In the order in which Keycloak's `serverinfo` lists them. */
export const passwordRules: readonly PasswordRule[] = [
  text('forceExpiredPasswordChange', 'Expire Password', '365', (value) =>
    value === null || isInteger(value) ? undefined : notANumber,
  ),
  number('hashIterations', 'Hashing Iterations', '-1'),
  number('passwordHistory', 'Not Recently Used', '3'),
  text('passwordBlacklist', 'Password Blacklist', '', blacklistProblem),
  { ...text('regexPattern', 'Regular Expression', '', regexProblem), multipleSupported: true },
  number('length', 'Minimum Length', '8'),
  flag('notUsername', 'Not Username'),
  flag('notEmail', 'Not Email'),
  number('passwordAge', 'Not Recently Used (In Days)', '30'),
  flag('notContainsUsername', 'Not Contains Username'),
  number('specialChars', 'Special Characters', '1'),
  number('recoveryCodesWarningThreshold', 'Recovery Codes Warning Threshold', '4'),
  number('upperCase', 'Uppercase Characters', '1'),
  number('lowerCase', 'Lowercase Characters', '1'),
  number('digits', 'Digits', '1'),
  number('maxAuthAge', 'Maximum Authentication Age', '300'),
  text('hashAlgorithm', 'Hashing Algorithm', 'argon2', (value) =>
    value === null || hashAlgorithms.has(value) ? undefined : 'Password hashing provider not found',
  ),
  number('maxLength', 'Maximum Length', '64'),
  // Not of Keycloak.
  text('notLeaked', 'Not Leaked', 'https://api.pwnedpasswords.com/range/', leakedProblem),
]

const byId = new Map(passwordRules.map((rule) => [rule.id, rule]))

/**
 * @param policy text of a realm's `passwordPolicy`
 * @returns why it cannot be kept, as Keycloak answers it (400); undefined when every rule is understood
 */
export function passwordPolicyProblem(policy: string): string | undefined {
  const rules = splitPolicy(policy)
  for (const { name, value } of rules) {
    const rule = byId.get(name)
    if (rule === undefined) return 'Password policy not found'
    const problem = rule.problem(value)
    if (problem !== undefined) return `Invalid config for ${name}: ${problem}`
  }
  const given = (name: string) => rules.find((rule) => rule.name === name)?.value
  const algorithm = given('hashAlgorithm') ?? 'argon2'
  if (algorithm !== 'argon2' && Number(given('hashIterations') ?? 0) > pbkdf2IterationsMax) {
    return `Invalid config for hashIterations: At most ${pbkdf2IterationsMax}`
  }
  return undefined
}

/** As `Integer.parseInt` of Java takes it. */
function isInteger(value: string): boolean {
  return /^[+-]?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= integerMax
}

function regexProblem(value: string | null): string | undefined {
  if (value === null) return 'Config required'
  // Sic.
  if (value.trim() === '') return 'White space not acepted'
  return patternProblem(value) === null ? undefined : 'Not a valid regular expression'
}

function leakedProblem(value: string | null): string | undefined {
  if (value !== null && isUrl(value)) {
    return URL.canParse(value) ? undefined : 'Not a valid URL'
  }
  return blacklistProblem(value) && 'A URL or the name of a file is required'
}

/** A name, never a path: the folder of the server's configuration is not the realm's to choose. */
function blacklistProblem(value: string | null): string | undefined {
  if (value === null || value.trim() === '') return 'Password blacklist name must be set'
  return /^[^/\\\p{Cc}]{1,255}$/u.test(value) && !/^\.+$/.test(value)
    ? undefined
    : 'Password blacklist name must be a file name'
}
