import type { FastifyInstance } from 'fastify'
import type { Domains } from './compose-domains.ts'
import type { Foundation } from './foundation.ts'
import type { Clustering } from './start-clustering.ts'

/** Registers every endpoint: one `registerXxx(app, deps)` each. */
export async function registerProtocols(
  _app: FastifyInstance,
  _foundation: Foundation,
  _clustering: Clustering,
  _domains: Domains,
): Promise<void> {
  // The protocols' endpoints are registered here.
}
