import { describe, expect, it } from 'vitest'
import type { RefreshChain } from '../../../domains/sessions/session.ts'
import { useRefreshToken } from './refresh-chain.ts'

type Chains = Readonly<Record<string, RefreshChain>>
const token = (id: string, issuedAt = 100) => ({ id, reuseId: 'r', issuedAt })

function used(chains: Chains, id: string, reusesMax = 0, at = 100_000): Chains {
  const result = useRefreshToken(chains, token(id), reusesMax, at)
  if ('problem' in result) throw new Error(result.problem)
  return result.chains
}

describe('a chain of refresh tokens', () => {
  it('goes from token to token', () => {
    const chains = used(used(used({}, 'a'), 'b'), 'c')
    expect(chains['r']).toMatchObject({ id: 'c', uses: 1, former: 'b' })
  })

  it('ends when a token is used again', () => {
    expect(useRefreshToken(used({}, 'a'), token('a'), 0, 0)).toEqual({
      problem: 'Maximum allowed refresh token reuse exceeded',
    })
  })

  it('lets a token be used again as often as the realm says', () => {
    const twice = used(used({}, 'a', 1), 'a', 1)
    expect(useRefreshToken(twice, token('a'), 1, 0)).toHaveProperty('problem')
  })

  it('never goes back, not even within the same second', () => {
    const chains = used(used({}, 'a'), 'b')
    expect(useRefreshToken(chains, token('a'), 5, 0)).toEqual({ problem: 'Stale token' })
    expect(useRefreshToken(chains, token('older', 99), 5, 0)).toEqual({ problem: 'Stale token' })
  })

  it('keeps a bounded number of chains, the latest ones', () => {
    let chains: Chains = {}
    for (let index = 0; index < 30; index += 1) {
      const one = { id: `t${index}`, reuseId: `r${index}`, issuedAt: 100 }
      const result = useRefreshToken(chains, one, 0, index)
      if ('chains' in result) chains = result.chains
    }
    expect(Object.keys(chains)).toHaveLength(20)
    expect(chains['r29']).toBeDefined()
    expect(chains['r9']).toBeUndefined()
  })
})
