import type { RefreshChain } from '../../../domains/sessions/session.ts'
import { ownMember } from '../../../shared/own-member.ts'

/** Chains of one client session; the one used longest ago is forgotten first. */
const chainsMax = 20
/** Successors of one token that are remembered; only a realm that allows reuse has more than one. */
const successorsMax = 20
/** Under this name stands when the last chain that was forgotten had been used. */
const forgotten = ''

/** What a refresh token says about its place in a chain. */
export interface ChainedToken {
  readonly id: string
  readonly reuseId: string
  /** Seconds since the epoch. */
  readonly issuedAt: number
}

/** What a realm lets clients do with used tokens. */
export interface ChainRules {
  /** How often a token may be used again after its first use. */
  readonly reusesMax: number
  /** Within this time of its first use a token gives the same successor again, in milliseconds. */
  readonly graceMs: number
}

/** What the use of a token comes to. */
export type TokenUse =
  | {
      readonly outcome: 'used'
      /** What to store. */
      readonly chains: Chains
      /** `jti` of the token that comes next. */
      readonly successor: string
    }
  /** Nothing changes: the same successor is given again. */
  | { readonly outcome: 'repeated'; readonly successor: string }
  /** With Keycloak's words. */
  | { readonly outcome: 'refused'; readonly problem: string }

type Chains = Readonly<Record<string, RefreshChain>>

const stale: TokenUse = { outcome: 'refused', problem: 'Stale token' }

/**
 * Whether a refresh token may be used (once more), where the realm revokes used ones. A token counts when it is the last
 * one that was used, or came out of it; the first one of a chain when no chain is known that could have been its own.
 * @param successor `jti` for the token that comes next
 * @param now milliseconds since the epoch
 */
export function useRefreshToken(
  chains: Chains,
  token: ChainedToken,
  successor: string,
  rules: ChainRules,
  now: number,
): TokenUse {
  const chain = ownMember(chains, token.reuseId)
  if (chain === undefined) {
    const before = chains[forgotten]
    // It may be a token of the chain that was forgotten: no place of it is known any more.
    if (before && token.issuedAt <= Math.floor(before.at / 1_000)) return stale
    return used(chains, token, { uses: 1, next: [successor], former: null }, successor, now)
  }
  if (chain.id === token.id) {
    const [first] = chain.next ?? []
    if (first !== undefined && now - chain.at < rules.graceMs) {
      return { outcome: 'repeated', successor: first }
    }
    if (chain.uses > rules.reusesMax) {
      return { outcome: 'refused', problem: 'Maximum allowed refresh token reuse exceeded' }
    }
    const next = [...(chain.next ?? []), successor].slice(-successorsMax)
    return used(chains, token, { uses: chain.uses + 1, next, former: chain.former }, successor, now)
  }
  if (!followed(chain, token)) return stale
  return used(chains, token, { uses: 1, next: [successor], former: chain.id }, successor, now)
}

/** Whether a token came out of the one that was used last. */
function followed(chain: RefreshChain, token: ChainedToken): boolean {
  if (chain.next !== undefined) return chain.next.includes(token.id)
  // Written by a server that did not remember successors yet.
  return chain.former !== token.id && token.issuedAt >= Math.floor(chain.at / 1_000)
}

function used(
  chains: Chains,
  token: ChainedToken,
  place: Pick<RefreshChain, 'uses' | 'next' | 'former'>,
  successor: string,
  now: number,
): TokenUse {
  const others = Object.entries(chains)
    .filter(([reuseId]) => reuseId !== token.reuseId && reuseId !== forgotten)
    .sort(([, a], [, b]) => b.at - a.at)
  const lost = others.slice(chainsMax - 1).map(([, { at }]) => at)
  const before = Math.max(chains[forgotten]?.at ?? 0, ...lost)
  const kept: Record<string, RefreshChain> = Object.fromEntries(others.slice(0, chainsMax - 1))
  if (before > 0) kept[forgotten] = { id: '', uses: 0, at: before, former: null }
  kept[token.reuseId] = { id: token.id, at: now, ...place }
  return { outcome: 'used', chains: kept, successor }
}
