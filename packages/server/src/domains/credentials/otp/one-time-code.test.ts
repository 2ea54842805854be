import { describe, expect, it } from 'vitest'
import { matchCode } from './one-time-code.ts'

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
