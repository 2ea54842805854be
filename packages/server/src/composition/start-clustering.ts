import {
  CacheSettingRefused,
  IncompatibleMember,
  KeyStoreRefused,
  ListenRefused,
  NetworkSettingRefused,
} from '@holdfast/cluster'
import { CacheTimings } from '../clustering/cache-timings.ts'
import { clusterHealth } from '../clustering/cluster-health.ts'
import { registerClusterMetrics } from '../clustering/cluster-metrics.ts'
import { cacheContainerOf, clusterSettings } from '../clustering/cluster-settings.ts'
import { Clustering } from '../clustering/clustering.ts'
import { connectionShortage } from '../clustering/connection-budget.ts'
import { connectionsAllowed } from '../clustering/connection-budget-store.ts'
import { productVersion } from '../clustering/product-version.ts'
import { SettingError } from '../config/setting-error.ts'
import { throughOutages } from '../database/await-database.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import type { Foundation } from './foundation.ts'

export type { CacheKind, Clustering } from '../clustering/clustering.ts'

/** What stops a start with one line that names the setting. */
const refusals = [
  CacheSettingRefused,
  IncompatibleMember,
  KeyStoreRefused,
  ListenRefused,
  NetworkSettingRefused,
]

/**
 * Joins the cluster: from here on transactions write the invalidation log, and caches follow it.
 * @param signal ends the wait for a database that goes away meanwhile
 * @throws SettingError for what the settings or the network refuse
 */
export async function startClustering(
  foundation: Foundation,
  running: DisposalStack,
  signal: AbortSignal,
): Promise<Clustering> {
  const { settings, database, loggers, health, metrics, worker } = foundation
  try {
    const ofCluster = await clusterSettings(settings.values, settings.home, worker)
    const deps = {
      settings: ofCluster,
      databaseSettings: foundation.databaseSettings,
      databaseWatch: foundation.databaseWatch,
      database,
      secretBox: foundation.secretBox,
      loggers,
      clock: foundation.clock,
      version: productVersion(),
      ...(ofCluster.histograms && {
        timings: new CacheTimings(metrics, ofCluster.nodeName, cacheContainerOf(ofCluster)),
      }),
      ...(worker === undefined ? {} : { worker }),
    }
    const logger = loggers.of('org.infinispan.CLUSTER')
    const clustering = running.use(
      await throughOutages(database, logger, signal, async () => await Clustering.start(deps)),
    )
    warnOfNames(foundation, clustering)
    warnOfConnections(foundation, clustering)
    if (ofCluster.network !== null) health.add(clusterHealth(clustering))
    registerClusterMetrics(metrics, clustering)
    return clustering
  } catch (error) {
    if (refusals.some((refusal) => error instanceof refusal)) {
      throw new SettingError((error as Error).message)
    }
    throw error
  }
}

/** All pools together may want more connections than the database has: said at the start and whenever the members change. */
function warnOfConnections(
  { database, databaseSettings, loggers }: Foundation,
  { membership }: Clustering,
): void {
  const logger = loggers.of('org.keycloak.database')
  const { poolMax } = databaseSettings
  let said: string | undefined
  const look = async () => {
    const members = membership.view().members.length
    const shortage = connectionShortage({
      members,
      poolMax,
      allowed: await connectionsAllowed(database),
    })
    if (shortage !== undefined && shortage !== said) logger.warn(shortage)
    said = shortage
  }
  // What a database that is away has is looked at again with the next view.
  const lookQuietly = () => void look().catch(() => undefined)
  membership.onView(lookQuietly)
  lookQuietly()
}

/** Without a hostname every node goes by the name that it is called by: what one issues, the other calls foreign. */
function warnOfNames({ settings, loggers, worker }: Foundation, { membership }: Clustering): void {
  const { development, http } = settings
  if (development || http.hostname.hostname !== undefined) return
  let said = false
  const look = () => {
    const { members } = membership.view()
    // The workers of one process are members each, and share their listening socket.
    if (said || members.length <= (worker?.count ?? 1)) return
    said = true
    const logger = loggers.of('org.keycloak.services')
    logger.warn(
      `${members.length} nodes serve without \`hostname\`: sessions and tokens of one are refused by another that clients reach by another name`,
    )
  }
  membership.onView(look)
  look()
}
