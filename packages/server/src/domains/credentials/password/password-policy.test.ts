import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Patterns } from '../../../patterns/patterns.ts'
import type { Realm } from '../../realms/realm.ts'
import { parsePasswordPolicy, violatedRule } from './password-policy.ts'
import { passwordPolicyProblem } from './password-rules.ts'

const alice = { username: 'alice', email: 'alice@acme.test' }

const patterns = new Patterns({ warn: () => expect.unreachable() })
afterAll(async () => await patterns[Symbol.asyncDispose]())

function violation(passwordPolicy: string, password: string) {
  const realm = { name: 'acme', settings: { passwordPolicy } } as Realm
  return violatedRule({ realm, patterns }, password, alice)
}

describe('password policy', () => {
  it.each([
    ['length(8)', 'short', 'invalidPasswordMinLengthMessage', ['8']],
    ['length', 'short', 'invalidPasswordMinLengthMessage', ['8']],
    ['maxLength(4)', 'short', 'invalidPasswordMaxLengthMessage', ['4']],
    ['digits(2)', 'one1', 'invalidPasswordMinDigitsMessage', ['2']],
    ['lowerCase(1)', 'ABC', 'invalidPasswordMinLowerCaseCharsMessage', ['1']],
    ['upperCase(1)', 'abc', 'invalidPasswordMinUpperCaseCharsMessage', ['1']],
    ['specialChars(1)', 'abc1', 'invalidPasswordMinSpecialCharsMessage', ['1']],
    ['notUsername(undefined)', 'ALICE', 'invalidPasswordNotUsernameMessage', []],
    ['notEmail(undefined)', 'alice@acme.test', 'invalidPasswordNotEmailMessage', []],
    ['notContainsUsername(undefined)', 'xaliceY', 'invalidPasswordNotContainsUsernameMessage', []],
    ['regexPattern([a-z]+)', 'abc1', 'invalidPasswordRegexPatternMessage', ['[a-z]+']],
    ['regexPattern(a+) and regexPattern(.b)', 'aa', 'invalidPasswordRegexPatternMessage', ['.b']],
    ['ruleOfTomorrow(1)', 'anything', 'invalidPasswordGenericMessage', []],
    ['length(8)and digits(1)', 'anything', 'invalidPasswordGenericMessage', []],
  ])('%s refuses %s', async (text, password, key, params) => {
    expect(await violation(text, password)).toEqual({ key, params })
  })

  it('accepts what fulfils every rule and names the first broken one', async () => {
    const policy = 'length(8) and digits(1) and notUsername(undefined)'
    expect(await violation(policy, 'longenough1')).toBeUndefined()
    expect((await violation(policy, 'short'))?.key).toBe('invalidPasswordMinLengthMessage')
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

  it.each([
    ['hashIterations(27500)', undefined],
    ['hashIterations(100)', 100],
    ['hashAlgorithm(pbkdf2) and hashIterations(27500)', 27500],
    ['hashIterations(-1)', undefined],
  ])('%s: passes are those of its algorithm', (text, hashIterations) => {
    expect(parsePasswordPolicy(text).hashIterations).toBe(hashIterations)
  })

  it.each([
    ['regexPattern(([)', 'Invalid config for regexPattern: Not a valid regular expression'],
    ['regexPattern()', 'Invalid config for regexPattern: White space not acepted'],
    ['regexPattern', 'Invalid config for regexPattern: Config required'],
    ['length(8)and digits(1)', 'Invalid config for length: Not a valid number'],
    ['length( 8 )', 'Invalid config for length: Not a valid number'],
    ['digits()', 'Invalid config for digits: Not a valid number'],
    ['length(99999999999)', 'Invalid config for length: Not a valid number'],
    ['LENGTH(8)', 'Password policy not found'],
    ['hashAlgorithm(foo)', 'Invalid config for hashAlgorithm: Password hashing provider not found'],
    [
      'hashAlgorithm(pbkdf2) and hashIterations(200000000)',
      'Invalid config for hashIterations: At most 10000000',
    ],
    ['passwordBlacklist(../x)', 'Invalid config for passwordBlacklist'],
    ['maxAuthAge(x)', 'Invalid config for maxAuthAge: Not a valid number'],
    ['forceExpiredPasswordChange(x)', 'Invalid config for forceExpiredPasswordChange'],
  ])('%s is refused when it is saved', (text, problem) => {
    expect(passwordPolicyProblem(text)).toContain(problem)
  })

  it.each([
    '',
    'length(8) and ',
    'length (8)',
    'length',
    'notUsername(x)',
    'length(0) and passwordHistory(-1) and hashIterations(5000)',
    String.raw`regexPattern(^(?=.*\p{Punct}).{8,}$)`,
    'recoveryCodesWarningThreshold(4) and maxAuthAge(-1)',
  ])('%s is kept', (text) => {
    expect(passwordPolicyProblem(text)).toBeUndefined()
  })
})

it('what is not understood of a policy lets no password be, and the rest of it holds', async () => {
  const names = ['length', 'digits', 'regexPattern', 'notUsername', 'maxLength', 'ruleOfTomorrow']
  const value = fc.oneof(
    fc.integer({ min: -5, max: 300 }).map(String),
    fc.string({ maxLength: 8 }),
    fc.constantFrom('undefined', '(', '[a-z]+', '^(?=.*x).*$', ''),
  )
  const rule = fc.oneof(
    fc.tuple(fc.constantFrom(...names), value).map(([name, text]) => `${name}(${text})`),
    fc.string({ maxLength: 12 }),
  )
  const policy = fc
    .tuple(fc.array(rule, { maxLength: 4 }), fc.constantFrom(' and ', 'and', ' AND ', ' '))
    .map(([rules, between]) => rules.join(between))
  let unclear = 0
  let broken = 0
  const property = fc.asyncProperty(
    policy,
    fc.string({ maxLength: 12 }),
    async (text, password) => {
      const outcome = await violation(text, password)
      if (passwordPolicyProblem(text) === undefined) {
        const least = /(?:^| and )length\((\d{1,3})\)/.exec(text)?.[1]
        if (least === undefined || password.length >= Number(least)) return
        broken += 1
        expect(outcome).toBeDefined()
      } else {
        unclear += 1
        expect(outcome).toEqual({ key: 'invalidPasswordGenericMessage', params: [] })
      }
    },
  )
  await fc.assert(property, { numRuns: 2_000 })
  expect(unclear).toBeGreaterThan(500)
  expect(broken).toBeGreaterThan(3)
})
