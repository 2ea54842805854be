import { describe, expect, it } from 'vitest'
import type { Realm } from '../../realms/realm.ts'
import { matchCode } from './one-time-code.ts'
import { policyOf } from './otp-credentials.ts'

const totp = {
  secretData: { value: '12345678901234567890' },
  credentialData: { subType: 'totp', digits: 8, period: 30, algorithm: 'HmacSHA1' },
}
const hotp = {
  secretData: { value: '12345678901234567890' },
  credentialData: { subType: 'hotp', digits: 6, counter: 1, algorithm: 'HmacSHA1' },
}

describe('one-time codes', () => {
  it('matches the vectors of RFC 6238 appendix B', () => {
    expect(matchCode(totp, '94287082', 0, 59_000)).toEqual({ counter: 1 })
    expect(matchCode(totp, '07081804', 0, 1_111_111_109_000)).toEqual({ counter: 37_037_036 })
    expect(matchCode(totp, '94287082', 0, 119_000)).toBeUndefined()
  })

  it('looks one step around with a window and says which step it was', () => {
    expect(matchCode(totp, '94287082', 1, 61_000)).toEqual({ counter: 1 })
    expect(matchCode(totp, '94287082', 1, 29_000)).toEqual({ counter: 1 })
  })

  it('looks ahead from the counter of RFC 4226 appendix D', () => {
    expect(matchCode(hotp, '287082', 0, 0)).toEqual({ counter: 1 })
    expect(matchCode(hotp, '359152', 1, 0)).toEqual({ counter: 2 })
    expect(matchCode(hotp, '755224', 5, 0)).toBeUndefined()
  })

  it('refuses what is no code of that length', () => {
    expect(matchCode(hotp, '28708', 0, 0)).toBeUndefined()
    expect(matchCode(hotp, 'x87082', 0, 0)).toBeUndefined()
  })
})

describe('what a realm or an import says about codes, where it is used', () => {
  const changed = (device: typeof totp | typeof hotp, more: object) => ({
    ...device,
    credentialData: { ...device.credentialData, ...more },
  })

  it('looks ahead no further than a realm may say', () => {
    const far = changed(hotp, { counter: 0 })
    // Counter 9 of RFC 4226 appendix D is near enough.
    expect(matchCode(far, '520489', 1e9, 0)).toEqual({ counter: 9 })
    const began = performance.now()
    expect(matchCode(far, '000000', 1e9, 0)).toBeUndefined()
    expect(matchCode(totp, '00000000', Number.POSITIVE_INFINITY, 59_000)).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(2000)
    expect(matchCode(totp, '94287082', -5, 59_000)).toEqual({ counter: 1 })
    expect(matchCode(totp, '94287082', Number.NaN, 59_000)).toEqual({ counter: 1 })
  })

  it.each([
    { digits: 0 },
    { digits: 6.5 },
    { digits: 1e9 },
    { algorithm: 'MD5' },
    { algorithm: '' },
    { counter: -1 },
    { counter: 0.5 },
    { counter: 1e300 },
  ])('no code is right for a device with %j', (more) => {
    for (const code of ['', '0', '287082', '0000000000']) {
      expect(matchCode(changed(hotp, more), code, 1, 0)).toBeUndefined()
    }
  })

  it.each([
    { otpPolicyDigits: 0 },
    { otpPolicyDigits: 1e9 },
    { otpPolicyAlgorithm: 'none' },
    { otpPolicyInitialCounter: -7 },
  ])('a policy with %j makes devices as usual', (more) => {
    const settings = {
      otpPolicyType: 'totp',
      otpPolicyAlgorithm: 'HmacSHA256',
      otpPolicyDigits: 8,
      otpPolicyPeriod: 1e12,
      otpPolicyInitialCounter: 3,
      ...more,
    } as Realm['settings']
    const usual = { algorithm: 'HmacSHA1', digits: 6, counter: 0 }
    expect(policyOf({ settings })).toEqual({ type: 'totp', period: 86_400, ...usual })
  })

  it('a policy that makes codes stays as it is', () => {
    const settings = {
      otpPolicyType: 'hotp',
      otpPolicyAlgorithm: 'HmacSHA256',
      otpPolicyDigits: 8,
      otpPolicyPeriod: 0,
      otpPolicyInitialCounter: 3,
    } as Realm['settings']
    const kept = { algorithm: 'HmacSHA256', digits: 8, counter: 3 }
    expect(policyOf({ settings })).toEqual({ type: 'hotp', period: 1, ...kept })
  })
})
