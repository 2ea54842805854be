import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RefreshChain } from '../../../domains/sessions/session.ts'
import { type ChainRules, type TokenUse, useRefreshToken } from './refresh-chain.ts'

type Chains = Readonly<Record<string, RefreshChain>>
const strict: ChainRules = { reusesMax: 0, graceMs: 0 }
const token = (id: string, reuseId = 'r', issuedAt = 100) => ({ id, reuseId, issuedAt })

/** Uses a token, the successor of which has the next letter. */
function use(chains: Chains, id: string, rules = strict, at = 100_000): TokenUse {
  return useRefreshToken(chains, token(id), String.fromCharCode(id.charCodeAt(0) + 1), rules, at)
}

function used(chains: Chains, id: string, rules = strict, at = 100_000): Chains {
  const result = use(chains, id, rules, at)
  if (result.outcome !== 'used') throw new Error(JSON.stringify(result))
  return result.chains
}

describe('a chain of refresh tokens', () => {
  it('goes from token to token', () => {
    const chains = used(used(used({}, 'a'), 'b'), 'c')
    expect(chains['r']).toMatchObject({ id: 'c', uses: 1, former: 'b', next: ['d'] })
  })

  it('ends when a token is used again', () => {
    expect(use(used({}, 'a'), 'a')).toMatchObject({
      problem: 'Maximum allowed refresh token reuse exceeded',
    })
  })

  it('lets a token be used again as often as the realm says, and takes each of what came of it', () => {
    const twice = { reusesMax: 1, graceMs: 0 }
    const once = used({}, 'a', twice)
    const again = useRefreshToken(once, token('a'), 'z', twice, 100_000)
    if (again.outcome !== 'used') throw new Error(JSON.stringify(again))
    expect(use(again.chains, 'a', twice)).toHaveProperty('problem')
    expect(use(again.chains, 'b', twice).outcome).toBe('used')
    expect(use(again.chains, 'z', twice).outcome).toBe('used')
  })

  it('never goes back and never skips, not even within the same second', () => {
    const chains = used(used(used({}, 'a'), 'b'), 'c')
    for (const id of ['a', 'b', 'e', 'other']) {
      expect(use(chains, id, { reusesMax: 5, graceMs: 0 })).toMatchObject({
        problem: 'Stale token',
      })
    }
  })

  it('gives the same successor again for a while, and changes nothing', () => {
    const rules = { reusesMax: 0, graceMs: 10_000 }
    const chains = used({}, 'a', rules)
    const again = useRefreshToken(chains, token('a'), 'z', rules, 109_999)
    expect(again).toEqual({ outcome: 'repeated', successor: 'b' })
    expect(useRefreshToken(chains, token('a'), 'z', rules, 110_000).outcome).toBe('refused')
    expect(use(used(chains, 'b', rules, 101_000), 'a', rules, 102_000).outcome).toBe('refused')
  })

  it('refuses a token whose place is no longer known', () => {
    let chains = used({}, 'a')
    for (let index = 0; index < 30; index += 1) {
      const one = token(`t${index}`, `r${index}`, 101 + index)
      const result = useRefreshToken(chains, one, `s${index}`, strict, (101 + index) * 1_000)
      if (result.outcome === 'used') chains = result.chains
    }
    expect(Object.keys(chains).length).toBeLessThanOrEqual(21)
    expect(chains['r29']).toBeDefined()
    expect(use(chains, 'a')).toMatchObject({ problem: 'Stale token' })
    expect(use(chains, 'b')).toMatchObject({ problem: 'Stale token' })
    const later = useRefreshToken(chains, token('n', 'new', 140), 'o', strict, 141_000)
    expect(later.outcome).toBe('used')
  })

  it('goes on from rows that know no successors', () => {
    const old: Chains = { r: { id: 'b', uses: 1, at: 100_500, former: 'a' } }
    expect(use(old, 'c').outcome).toBe('used')
    expect(use(old, 'a').outcome).toBe('refused')
    expect(useRefreshToken(old, token('older', 'r', 99), 'x', strict, 0).outcome).toBe('refused')
  })
})

describe('any sequence of uses', () => {
  interface Issued {
    readonly id: string
    readonly reuseId: string
    readonly issuedAt: number
    readonly parent: Issued | null
    uses: number
    usedAt: number
    /** A token that came out of this one was used: from then on this one is over. */
    passed: boolean
  }
  const step = fc.record({
    waitMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3_000 })),
    /** Which of all tokens so far is shown; beyond them somebody signs in anew. */
    which: fc.nat({ max: 60 }),
    often: fc.integer({ min: 1, max: 3 }),
  })

  it('uses no token more often than the realm says, none that was passed, and keeps little', () => {
    let granted = 0
    const property = fc.property(
      fc.record({
        reusesMax: fc.integer({ min: 0, max: 2 }),
        graceMs: fc.constantFrom(0, 0, 2_000),
      }),
      fc.array(step, { minLength: 1, maxLength: 80 }),
      (rules, steps) => {
        let chains: Chains = {}
        let now = 1_800_000_000_000
        let made = 0
        const issued: Issued[] = []
        const add = (reuseId: string, parent: Issued | null): Issued => {
          const issuedAt = Math.floor(now / 1_000)
          const fresh = { uses: 0, usedAt: 0, passed: false }
          made += 1
          const one = { id: `t${made}`, reuseId, issuedAt, parent, ...fresh }
          issued.push(one)
          return one
        }
        for (const { waitMs, which, often } of steps) {
          now += waitMs
          const shown = issued[which] ?? add(`r${made}`, null)
          for (let time = 0; time < often; time += 1) {
            const result = useRefreshToken(chains, shown, `t${made + 1}`, rules, now)
            if (result.outcome === 'refused') continue
            // Nothing that was passed comes back, even after everything about it was forgotten.
            expect(shown.passed).toBe(false)
            if (result.outcome === 'repeated') {
              expect(now - shown.usedAt).toBeLessThan(rules.graceMs)
              continue
            }
            granted += 1
            shown.uses += 1
            shown.usedAt = now
            expect(shown.uses).toBeLessThanOrEqual(rules.reusesMax + 1)
            for (let one = shown.parent; one !== null; one = one.parent) one.passed = true
            chains = result.chains
            add(shown.reuseId, shown)
            expect(Object.keys(chains).length).toBeLessThanOrEqual(21)
            expect(chains[shown.reuseId]?.next?.length).toBeLessThanOrEqual(20)
          }
        }
      },
    )
    fc.assert(property, { numRuns: 1_000 })
    expect(granted).toBeGreaterThan(5_000)
  })

  it('never refuses the one client that keeps to the rules, among the last to be used', () => {
    const property = fc.property(
      fc.array(fc.tuple(fc.nat({ max: 18 }), fc.integer({ min: 0, max: 5_000 })), {
        minLength: 1,
        maxLength: 80,
      }),
      (uses) => {
        let chains: Chains = {}
        let now = 1_800_000_000_000
        const last = new Map<string, { id: string; issuedAt: number }>()
        for (const [index, [which, waitMs]] of uses.entries()) {
          now += waitMs
          const reuseId = `r${which}`
          const shown = last.get(reuseId) ?? { id: `${reuseId}.0`, issuedAt: now / 1_000 }
          const next = `${reuseId}.${index + 1}`
          const result = useRefreshToken(chains, { ...shown, reuseId }, next, strict, now)
          expect(result).toMatchObject({ outcome: 'used', successor: next })
          if (result.outcome === 'used') chains = result.chains
          last.set(reuseId, { id: next, issuedAt: Math.floor(now / 1_000) })
        }
      },
    )
    fc.assert(property, { numRuns: 1_000 })
  })
})
