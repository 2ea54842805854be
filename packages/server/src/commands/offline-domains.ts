import { outboxStatement } from '@holdfast/cluster'
import { Registry } from 'prom-client'
import { productVersion } from '../clustering/product-version.ts'
import { composeDomains } from '../composition/compose-domains.ts'
import { keptInSql } from '../composition/compose-remote-store.ts'
import type { Domains } from '../composition/domains.ts'
import { layFoundation } from '../composition/lay-foundation.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { passThroughCache } from '../database/pass-through-cache.ts'
import { HealthChecks } from '../http/management/health-checks.ts'
import { createLoggers } from '../log/create-loggers.ts'
import type { Logger } from '../log/logger.ts'
import { noRoutes } from '../login/session-routes.ts'
import { DisposalStack } from '../shared/disposal-stack.ts'

/** What a command that works without a listener gets. */
export interface OfflineDomains {
  readonly domains: Domains
  readonly logger: Logger
}

/**
 * Runs `work` on the domains without serving requests. It joins no cluster, but writes the invalidation log, so that nodes
 * that run meanwhile notice what it changes.
 */
export async function withOfflineDomains<T>(
  settings: ServerSettings,
  signal: AbortSignal,
  work: (offline: OfflineDomains) => Promise<T>,
): Promise<T> {
  const loggers = createLoggers(settings.log, { version: productVersion })
  await using running = new DisposalStack()
  const reports = { health: new HealthChecks(), metrics: new Registry() }
  const foundation = await layFoundation(
    settings,
    { loggers, join: true },
    reports,
    running,
    signal,
  )
  const { database } = foundation
  database.connectOutbox({
    statement: (events) => outboxStatement(events),
    committed: () => undefined,
  })
  const alone = {
    sessionOwners: null,
    sessionRoutes: noRoutes,
    cache: <V>() => passThroughCache<V>(database),
  }
  // No command asks for what a remote store holds.
  const remote = keptInSql(database)
  const domains = await composeDomains(foundation, alone, remote, running)
  return await work({ domains, logger: loggers.of('org.keycloak.exportimport') })
}
