import { Counter, Gauge, type Registry } from 'prom-client'
import type { GaugeOf, Sample } from './cluster-gauge.ts'
import { cacheContainerOf } from './cluster-settings.ts'
import type { Clustering } from './clustering.ts'
import { registerMeshMetrics } from './mesh-metrics.ts'

/** Registers everything that is read from the cluster at the moment of a scrape. */
export function registerClusterMetrics(registry: Registry, clustering: Clustering): void {
  const node = clustering.settings.nodeName
  const manager = cacheContainerOf(clustering.settings)
  const gauge = (name: string, help: string, labelNames: string[], read: () => readonly Sample[]) =>
    new Gauge({
      name,
      help,
      labelNames: [...labelNames, 'cache_manager', 'node'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [labels, value] of read())
          this.set({ ...labels, cache_manager: manager, node }, value)
      },
    })
  const one = (name: string, help: string, read: () => number) =>
    gauge(name, help, [], () => [[{}, read()]])
  registerCacheMetrics(clustering, gauge)
  registerOwnerCounters(registry, clustering, { cache_manager: manager, node })
  registerViewMetrics(clustering, gauge, one)
  registerLogMetrics(clustering, gauge, one)
  registerMeshMetrics(clustering, gauge)
}

type OneGauge = (name: string, help: string, read: () => number) => unknown

function registerCacheMetrics(clustering: Clustering, gauge: GaugeOf): void {
  type Statistics = ReturnType<ReturnType<Clustering['caches']['all']>[number]['statistics']>
  const perCache = (name: string, help: string, value: (statistics: Statistics) => number) =>
    gauge(`vendor_statistics_${name}`, help, ['cache'], () =>
      [...clustering.caches.all(), ...(clustering.sessionOwners?.all() ?? [])].map(
        (cache) => [{ cache: cache.name }, value(cache.statistics())] as const,
      ),
    )
  perCache('hits', 'Reads that the cache answered', ({ hits }) => hits)
  perCache('misses', 'Reads that went to the database', ({ misses }) => misses)
  perCache('stores', 'Values put into the cache', ({ stores }) => stores)
  perCache('evictions', 'Values dropped for want of room', ({ evictions }) => evictions)
  perCache('remove_hits', 'Values dropped because they had changed', ({ removals }) => removals)
  perCache('hit_ratio', 'Hits per read', ({ hits, misses }) =>
    hits + misses === 0 ? 0 : hits / (hits + misses),
  )
  const entries = 'Values in the cache'
  perCache('approximate_entries', entries, (statistics) => statistics.entries)
  perCache('approximate_entries_in_memory', entries, (statistics) => statistics.entries)
  perCache('approximate_entries_unique', entries, (statistics) => statistics.entries)
  perCache('number_of_entries', entries, (statistics) => statistics.entries)
  perCache('number_of_entries_in_memory', entries, (statistics) => statistics.entries)
  perCache('current_number_of_entries_in_memory', entries, (statistics) => statistics.entries)
  perCache('refused_fills', 'Loads overtaken by a change, not kept', ({ refusals }) => refusals)
  registerOwnerMetrics(clustering, gauge)
  gauge('vendor_configuration_eviction_size', 'Bound of the cache; -1 = none', ['cache'], () =>
    clustering.settings.caches.map(({ name, maxCount }) => [{ cache: name }, maxCount ?? -1]),
  )
}

/** Distributed caches with owners, when they are on. */
function registerOwnerMetrics({ sessionOwners }: Clustering, gauge: GaugeOf): void {
  if (sessionOwners === null) return
  gauge('holdfast_owner_reads', 'Reads by where they were answered', ['cache', 'way'], () =>
    sessionOwners
      .all()
      .flatMap(({ name, counters }) => [
        [{ cache: name, way: 'local' }, counters.primaryReads] as const,
        [{ cache: name, way: 'remote' }, counters.remoteReads] as const,
        [{ cache: name, way: 'bypassed' }, counters.bypassed] as const,
      ]),
  )
  gauge('holdfast_owner_refusals', 'Questions and copies refused', ['cache', 'what'], () =>
    sessionOwners
      .all()
      .flatMap(({ name, counters }) => [
        [{ cache: name, what: 'question' }, counters.refusedQuestions] as const,
        [{ cache: name, what: 'copy' }, counters.refusedCopies] as const,
      ]),
  )
  gauge('holdfast_owner_transferred', 'Copies sent to new owners', ['cache'], () =>
    sessionOwners.all().map(({ name, counters }) => [{ cache: name }, counters.transferred]),
  )
}

/** Keycloak's counters of distributed caches: what this node's owners answered, and what it asked of others'. */
function registerOwnerCounters(
  registry: Registry,
  { sessionOwners }: Clustering,
  labels: Readonly<Record<'cache_manager' | 'node', string>>,
): void {
  if (sessionOwners === null) return
  type Owner = ReturnType<typeof sessionOwners.all>[number]
  const counter = (name: string, help: string, read: (cache: Owner) => number) =>
    new Counter({
      name: `vendor_statistics_${name}_total`,
      help,
      labelNames: ['cache', 'cache_manager', 'node'],
      registers: [registry],
      collect() {
        this.reset()
        for (const cache of sessionOwners.all())
          this.inc({ ...labels, cache: cache.name }, read(cache))
      },
    })
  counter('hit_primary_owner', 'Reads answered by this owner', (cache) => cache.statistics().hits)
  counter('miss_primary_owner', 'Reads this owner passed on', (cache) => cache.statistics().misses)
  counter('hit_non_owner', 'Reads answered by other owners', ({ counters }) => counters.remoteReads)
  counter('miss_non_owner', 'Reads past other owners', ({ counters }) => counters.bypassed)
}

function registerViewMetrics(
  { membership, mesh, watchdog, clockSkew }: Clustering,
  gauge: GaugeOf,
  one: OneGauge,
): void {
  const size = () => membership.view().members.length
  one('vendor_cluster_size', 'Size of the cluster in number of nodes', size)
  one('vendor_cache_container_health_number_of_nodes', 'Total nodes in the cluster', size)
  one(
    'holdfast_clock_skew_seconds',
    'How far this machine is ahead of the database',
    () => clockSkew.skewMs / 1_000,
  )
  one('holdfast_cluster_view_id', 'Number of the present view', () => membership.view().id)
  one(
    'holdfast_cluster_view_changes',
    'Views received since the start',
    () => membership.statistics().views,
  )
  one(
    'holdfast_cluster_evictions',
    'Members that this node evicted',
    () => membership.statistics().evictions,
  )
  one(
    'holdfast_cluster_rejoins',
    'Times that this node was evicted and joined again',
    () => membership.statistics().evicted,
  )
  one(
    'holdfast_cluster_lease_margin_seconds',
    'Time until this node gives up its membership',
    () => Math.max(membership.leaseMarginMs(), -1_000) / 1_000,
  )
  gauge('holdfast_cluster_peer_reachable', 'Whether the last probe was answered', ['peer'], () =>
    mesh.peers().map(({ name, state }) => [{ peer: name }, state === 'reachable' ? 1 : 0]),
  )
  one(
    'holdfast_cluster_refused_connections',
    'Cluster connections refused',
    () => mesh.counters.refusedConnections,
  )
  one(
    'holdfast_cluster_failed_probes',
    'Probes without an answer',
    () => mesh.counters.failedProbes,
  )
  one(
    'holdfast_cluster_dropped_casts',
    'Hints that could not be sent',
    () => mesh.counters.droppedCasts,
  )
  one(
    'holdfast_event_loop_stalls',
    'Stalls of half a lease or more',
    () => watchdog?.statistics().stalls ?? 0,
  )
}

function registerLogMetrics(
  { log, caches, pushes }: Clustering,
  gauge: GaugeOf,
  one: OneGauge,
): void {
  one(
    'holdfast_invalidation_log_age_seconds',
    'Since the last successful look at the log began',
    () => Math.min(log.ageMs(), 86_400_000) / 1_000,
  )
  one('holdfast_invalidation_log_fresh', 'Whether cached values may be used', () =>
    log.fresh() ? 1 : 0,
  )
  one('holdfast_invalidation_log_polls', 'Looks at the log', () => log.statistics().polls)
  one(
    'holdfast_invalidation_log_failed_polls',
    'Looks that failed',
    () => log.statistics().failedPolls,
  )
  one('holdfast_invalidation_log_events', 'Changes applied', () => log.statistics().events)
  one(
    'holdfast_invalidation_log_pushes_applied',
    'Entries pushed by members and applied',
    () => log.statistics().pushesApplied,
  )
  one(
    'holdfast_invalidation_log_pushes_refused',
    'Entries pushed that were malformed or of another history',
    () => pushes.refused,
  )
  one(
    'holdfast_invalidation_log_unknown_kinds',
    'Changes of a newer version',
    () => caches.unknownKinds,
  )
  gauge('holdfast_cache_flushes', 'Times that all caches were cleared', ['reason'], () =>
    [...log.statistics().flushes].map(([reason, count]) => [{ reason }, count]),
  )
}
