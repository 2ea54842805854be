/** Rules that a realm's `passwordPolicy` may name (Keycloak 26.7). */
const names: ReadonlySet<string> = new Set([
  'digits',
  'forceExpiredPasswordChange',
  'hashAlgorithm',
  'hashIterations',
  'length',
  'lowerCase',
  'maxAuthAge',
  'maxLength',
  'notContainsUsername',
  'notEmail',
  'notUsername',
  'passwordAge',
  'passwordBlacklist',
  'passwordHistory',
  'recoveryCodesWarningThreshold',
  'regexPattern',
  'specialChars',
  'upperCase',
])

/** @returns whether every rule of the text, `length(8) and digits(1)`, is known */
export function isPasswordPolicyKnown(text: string): boolean {
  return text
    .split(' and ')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '')
    .every((rule) => names.has(rule.split('(', 1)[0]?.trim() ?? ''))
}

/** @returns all rules, for the server's description of itself */
export function passwordPolicyNames(): string[] {
  return [...names]
}
