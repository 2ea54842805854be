import type { FastifyInstance } from 'fastify'
import type { Domains } from './compose-domains.ts'
import { composePages } from './compose-pages.ts'
import type { Foundation } from './foundation.ts'
import { registerOidc } from './protocols/oidc/register-oidc.ts'
import type { Clustering } from './start-clustering.ts'

/** Registers every endpoint: one `registerXxx(app, deps)` each. */
export async function registerProtocols(
  app: FastifyInstance,
  foundation: Foundation,
  _clustering: Clustering,
  domains: Domains,
): Promise<void> {
  const { urls, settings } = foundation
  const { relativePath } = settings.http
  const { firstAdministrator } = domains.transfer
  await composePages(app, { urls, relativePath, firstAdministrator })
  const { clock } = foundation
  registerOidc(app, { ...domains, urls, clock })
  // The other protocols' endpoints are registered here.
}
