import { describe, expect, it } from 'vitest'
import { parsePasswordPolicy, violatedRule } from './password-policy.ts'

const alice = { username: 'alice', email: 'alice@acme.test' }

describe('password policy', () => {
  it.each([
    ['length(8)', 'short', 'invalidPasswordMinLengthMessage', ['8']],
    ['length(undefined)', 'short', 'invalidPasswordMinLengthMessage', ['8']],
    ['maxLength(4)', 'short', 'invalidPasswordMaxLengthMessage', ['4']],
    ['digits(2)', 'one1', 'invalidPasswordMinDigitsMessage', ['2']],
    ['lowerCase(1)', 'ABC', 'invalidPasswordMinLowerCaseCharsMessage', ['1']],
    ['upperCase(1)', 'abc', 'invalidPasswordMinUpperCaseCharsMessage', ['1']],
    ['specialChars(1)', 'abc1', 'invalidPasswordMinSpecialCharsMessage', ['1']],
    ['notUsername(undefined)', 'ALICE', 'invalidPasswordNotUsernameMessage', []],
    ['notEmail(undefined)', 'alice@acme.test', 'invalidPasswordNotEmailMessage', []],
    ['notContainsUsername(undefined)', 'xaliceY', 'invalidPasswordNotContainsUsernameMessage', []],
    ['regexPattern([a-z]+)', 'abc1', 'invalidPasswordRegexPatternMessage', ['[a-z]+']],
  ])('%s refuses %s', (text, password, key, params) => {
    expect(violatedRule(parsePasswordPolicy(text), password, alice)).toEqual({ key, params })
  })

  it('accepts what fulfils every rule and names the first broken one', () => {
    const policy = parsePasswordPolicy('length(8) and digits(1) and notUsername(undefined)')
    expect(violatedRule(policy, 'longenough1', alice)).toBeUndefined()
    expect(violatedRule(policy, 'short', alice)?.key).toBe('invalidPasswordMinLengthMessage')
  })

  it('reads the settings of storage and age', () => {
    const policy = parsePasswordPolicy(
      'passwordHistory(3) and hashAlgorithm(pbkdf2-sha512) and hashIterations(1000) and forceExpiredPasswordChange(30)',
    )
    expect(policy).toMatchObject({
      passwordHistory: 3,
      hashAlgorithm: 'pbkdf2-sha512',
      hashIterations: 1000,
      forceExpiredPasswordChangeDays: 30,
    })
    expect(parsePasswordPolicy('')).toMatchObject({ passwordHistory: 0, hashIterations: undefined })
  })
})
