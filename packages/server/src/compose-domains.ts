import type { Foundation } from './foundation.ts'
import type { DisposalStack } from './shared/disposal-stack.ts'
import type { Clustering } from './start-clustering.ts'

/** Every domain, by the name of its folder. */
export interface Domains {
  readonly events?: never
}

/**
 * Builds the domains bottom up; each receives the verbs of lower ones:
 * events < realms < keys < roles < groups < users < clients < credentials < sessions < flows < tokens < transfer.
 */
export async function composeDomains(
  _foundation: Foundation,
  _clustering: Clustering,
  _running: DisposalStack,
): Promise<Domains> {
  return {}
}
