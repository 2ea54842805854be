import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type BruteForcePolicy,
  countFailure,
  isLocked,
  type LoginFailure,
  noFailure,
} from './login-failure.ts'

const policy: BruteForcePolicy = {
  permanentLockout: false,
  maxTemporaryLockouts: 0,
  bruteForceStrategy: 'MULTIPLE',
  maxFailureWaitSeconds: 900,
  minimumQuickLoginWaitSeconds: 60,
  waitIncrementSeconds: 60,
  quickLoginCheckMilliSeconds: 1000,
  maxDeltaTimeSeconds: 43_200,
  failureFactor: 3,
  maxSecondaryAuthFailures: 0,
}

/** Failures at these times (seconds), one after the other. */
function after(
  times: readonly number[],
  changes: Partial<BruteForcePolicy> = {},
  secondary = false,
) {
  let state: { after: LoginFailure; lockout: string } = { after: noFailure, lockout: 'none' }
  for (const time of times) {
    const attempt = { at: time * 1000, ip: '192.0.2.1', secondary }
    state = countFailure(state.after, { ...policy, ...changes }, attempt)
  }
  return state
}

describe('countFailure', () => {
  it('locks at the limit and, MULTIPLE, waits longer with each further multiple', () => {
    expect(after([10, 20]).lockout).toBe('none')
    expect(after([10, 20, 30])).toMatchObject({
      lockout: 'temporary',
      after: { notBefore: 90_000 },
    })
    expect(after([10, 20, 30, 100, 110, 120]).after.notBefore).toBe(240_000)
  })

  it('LINEAR waits longer with each failure beyond the limit', () => {
    const linear = { bruteForceStrategy: 'LINEAR' } as const
    expect(after([10, 20, 30], linear).after.notBefore).toBe(90_000)
    expect(after([10, 20, 30, 100], linear).after.notBefore).toBe(220_000)
  })

  it('never waits longer than the maximum', () => {
    const strict = { waitIncrementSeconds: 5000 }
    expect(after([10, 20, 30], strict).after.notBefore).toBe(930_000)
  })

  it('locks two failures in quick succession without counting a lockout', () => {
    const { after: failure, lockout } = after([10, 10.5])
    expect(lockout).toBe('temporary')
    expect(failure).toMatchObject({ failures: 2, temporaryLockouts: 0, notBefore: 70_000 })
    expect(isLocked(failure, 69_999)).toBe(true)
    expect(isLocked(failure, 70_000)).toBe(false)
  })

  it('starts anew when the last failure is long ago', () => {
    expect(after([10, 20, 50_000]).after.failures).toBe(1)
  })

  it('disables for good, at once or after temporary lockouts', () => {
    expect(after([10, 20, 30], { permanentLockout: true }).lockout).toBe('permanent')
    const twice = { permanentLockout: true, maxTemporaryLockouts: 1 }
    expect(after([10, 20, 30], twice).lockout).toBe('temporary')
    expect(after([10, 20, 30, 100], twice).lockout).toBe('permanent')
  })

  it('does not forget slow guesses where the first lockout is for good', () => {
    const forGood = { permanentLockout: true, failureFactor: 2 }
    expect(after([10, 10.1], { ...forGood, failureFactor: 3 }).lockout).toBe('temporary')
    const { after: failure, lockout } = after([10, 90_000], forGood)
    expect(lockout).toBe('permanent')
    expect(isLocked(failure, Date.now())).toBe(true)
  })

  it('limits one-time codes by themselves: one more than the limit disables', () => {
    const limited = { maxSecondaryAuthFailures: 2, failureFactor: 30 }
    expect(after([10, 20], limited, true).lockout).toBe('none')
    expect(after([10, 20, 30], limited, true).lockout).toBe('permanent')
  })
})

it('of 1,000 random policies and bursts, none lets more guesses through at once than its limit', () => {
  const policy = fc.record({
    failureFactor: fc.integer({ min: 1, max: 40 }),
    waitIncrementSeconds: fc.integer({ min: 1, max: 900 }),
    maxFailureWaitSeconds: fc.integer({ min: 1, max: 900 }),
    maxDeltaTimeSeconds: fc.integer({ min: 1, max: 86_400 }),
    quickLoginCheckMilliSeconds: fc.integer({ min: 0, max: 2_000 }),
    minimumQuickLoginWaitSeconds: fc.integer({ min: 0, max: 60 }),
    permanentLockout: fc.boolean(),
    maxTemporaryLockouts: fc.integer({ min: 0, max: 3 }),
    maxSecondaryAuthFailures: fc.integer({ min: 0, max: 5 }),
    bruteForceStrategy: fc.constantFrom('LINEAR' as const, 'MULTIPLE' as const),
  })
  const property = fc.property(policy, fc.boolean(), (given, secondary) => {
    const at = 1_000_000_000_000
    let failure = noFailure
    let seen = 0
    for (let guess = 0; guess < 100 && !isLocked(failure, at); guess++) {
      failure = countFailure(failure, given, { at, ip: '192.0.2.1', secondary }).after
      seen += 1
    }
    expect(isLocked(failure, at)).toBe(true)
    expect(seen).toBeLessThanOrEqual(given.failureFactor)
  })
  fc.assert(property, { numRuns: 1_000 })
})
