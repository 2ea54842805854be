import type { RefreshChain } from '../../../domains/sessions/session.ts'

/** Chains of one client session; the one used longest ago is forgotten first. */
const chainsMax = 20

/** What a refresh token says about its place in a chain. */
export interface ChainedToken {
  readonly id: string
  readonly reuseId: string
  /** Seconds since the epoch. */
  readonly issuedAt: number
}

type Chains = Readonly<Record<string, RefreshChain>>

/**
 * Whether a refresh token may be used (once more), where the realm revokes used ones.
 * @param reusesMax how often a token may be used again after its first use
 * @param now milliseconds since the epoch
 * @returns the chains to store, or what is wrong with Keycloak's words
 */
export function useRefreshToken(
  chains: Chains,
  token: ChainedToken,
  reusesMax: number,
  now: number,
): { chains: Chains } | { problem: string } {
  const chain = chains[token.reuseId]
  if (chain && chain.id !== token.id) {
    // A token that was used before the newest one, or issued before that was used, has had its time.
    if (chain.former === token.id || token.issuedAt < Math.floor(chain.at / 1_000)) {
      return { problem: 'Stale token' }
    }
  }
  const same = chain?.id === token.id
  const uses = same ? chain.uses : 0
  if (uses > reusesMax) return { problem: 'Maximum allowed refresh token reuse exceeded' }
  const former = same ? chain.former : (chain?.id ?? null)
  const next: RefreshChain = { id: token.id, uses: uses + 1, at: now, former }
  const others = Object.entries(chains)
    .filter(([reuseId]) => reuseId !== token.reuseId)
    .sort(([, a], [, b]) => b.at - a.at)
    .slice(0, chainsMax - 1)
  return { chains: Object.fromEntries([...others, [token.reuseId, next]]) }
}
