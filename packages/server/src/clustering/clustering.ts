import { randomUUID } from 'node:crypto'
import {
  Caches,
  ClusterJobs,
  ClusterLog,
  type ClusterLogger,
  ClusterMembership,
  Complaints,
  DiscoveryMonitor,
  EventLoopWatchdog,
  type InvalidationCache,
  LogStore,
  machineClock,
  protocolRange,
  TlsTransport,
  viewLine,
} from '@holdfast/cluster'
import type { Queryable } from '../database/database.ts'
import { DatabaseUnavailable } from '../database/database-error.ts'
import type { DatabaseSettings } from '../database/database-settings.ts'
import type { Outbox } from '../database/outbox.ts'
import { type DatabaseWatch, PostgresDatabase } from '../database/postgres-database.ts'
import type { SecretBox } from '../database/secret-box.ts'
import type { Loggers } from '../log/loggers.ts'
import type { Clock } from '../shared/clock.ts'
import { DisposalStack } from '../shared/disposal-stack.ts'
import { SqlAuthorityStore } from './authority-store.ts'
import { cacheLine } from './cache-line.ts'
import { cacheReads } from './cache-reads-store.ts'
import type { CacheTimings } from './cache-timings.ts'
import { ClockSkew } from './clock-skew.ts'
import { type ClusterNetwork, prepareNetwork } from './cluster-network.ts'
import type { ClusterSettings } from './cluster-settings.ts'
import { LogPushes, visibleWithinMs } from './log-pushes.ts'
import { AloneMesh, type NodeMesh, socketNodeMesh } from './node-mesh.ts'
import { OwnedCaches } from './owned-caches.ts'

/** The caches that the server keeps of what is in the database. */
export type CacheKind = 'authorization' | 'realms' | 'users'

export interface ClusteringDeps {
  readonly settings: ClusterSettings
  readonly databaseSettings: DatabaseSettings
  readonly databaseWatch: DatabaseWatch
  readonly database: PostgresDatabase
  readonly secretBox: SecretBox
  readonly loggers: Loggers
  readonly clock: Clock
  /** Set when reads are to be timed. */
  readonly timings?: CacheTimings
  /** The product's version, for the view. */
  readonly version: string
  /** Which worker of this machine, from 0, and how many there are. */
  readonly worker?: { readonly index: number; readonly count: number }
}

/** Where Keycloak's operators look for the effective configuration of caches. */
const configurationCategory =
  'org.keycloak.connections.infinispan.DefaultInfinispanConnectionProviderFactory'
/** Heartbeats and polls must not queue behind requests: they have connections of their own. */
const clusterConnections = 3
/** As long as a poll may take: a connection that is cut must not keep the next poll waiting. */
const clusterStatementMs = 2_000
const complaintIntervalMs = 60_000
const discoveryIntervalMs = 10_000
const trimIntervalMs = 60_000
const trimRowsMax = 1_000
const rotationLookMs = 300_000
const authorityRereadMs = 60_000
const dayMs = 86_400_000

/**
 * This server's place in the cluster: the log that keeps its caches true, its membership, its mesh, and the jobs that run
 * once in the cluster. The same code runs for one worker, several of one machine, and many machines.
 */
export class Clustering implements AsyncDisposable {
  readonly settings: ClusterSettings
  readonly log: ClusterLog
  readonly caches: Caches<Queryable>
  readonly membership: ClusterMembership
  readonly mesh: NodeMesh
  readonly jobs: ClusterJobs
  readonly watchdog: EventLoopWatchdog | null
  readonly network: ClusterNetwork
  readonly clockSkew: ClockSkew
  /** Reports what other nodes were found outside the view; null with stacks that look only into the database. */
  readonly discovery: DiscoveryMonitor | null
  /** Where copies of sessions are kept; null unless the setting switches them on. */
  readonly sessionOwners: OwnedCaches | null
  readonly #deps: ClusteringDeps
  readonly #connections: PostgresDatabase
  readonly #logger: ClusterLogger
  readonly #complaints: Complaints
  readonly #running = new DisposalStack()
  readonly pushes: LogPushes

  private constructor(deps: ClusteringDeps, nodeId: string, network: ClusterNetwork) {
    const { settings, loggers, clock } = deps
    this.#deps = deps
    this.settings = settings
    this.network = network
    this.#logger = loggers.of('org.infinispan.CLUSTER')
    this.#complaints = new Complaints(this.#logger, complaintIntervalMs, () => clock.monotonic())
    this.#connections = new PostgresDatabase({
      settings: {
        ...deps.databaseSettings,
        applicationName: `${deps.databaseSettings.applicationName}-cluster`,
        poolMax: clusterConnections,
        poolMin: 1,
        statementTimeoutMs: clusterStatementMs,
      },
      logger: loggers.of('org.keycloak.database'),
      watch: deps.databaseWatch,
    })
    this.clockSkew = new ClockSkew({
      database: this.#connections,
      clock,
      complaints: this.#complaints,
      log: this.#logger,
    })
    const clusterClock = machineClock()
    this.log = new ClusterLog({
      connection: this.#connections,
      clock: clusterClock,
      pushesArrive: () => this.#isMeshWhole(),
      alone: () => this.#isAlone(),
      onPollFailed: (err) => this.#complain('poll', err, 'The invalidation log could not be read'),
    })
    const read = cacheReads(deps.database, this.log)
    this.caches = new Caches<Queryable>({ log: this.log, clock: clusterClock, read })
    this.watchdog = settings.network === null ? null : new EventLoopWatchdog()
    this.membership = new ClusterMembership({
      log: this.log,
      database: this.#connections,
      clock: clusterClock,
      cluster: settings.cluster,
      profile: {
        id: nodeId,
        name: settings.nodeName,
        addr: network.address,
        extAddr: network.externalAddress,
        site: settings.site,
        rack: settings.rack,
        machine: settings.machine,
        version: deps.version,
        protoMin: protocolRange.min,
        protoMax: protocolRange.max,
      },
      healthy: () => this.watchdog?.stalled() !== true,
      onFailure: (what, err) => this.#complain(what, err, `Failed: ${what}`),
    })
    this.mesh = this.#composeMesh()
    this.pushes = new LogPushes({
      log: this.log,
      mesh: this.mesh,
      membership: this.membership,
      complaints: this.#complaints,
    })
    this.jobs = new ClusterJobs({
      connection: deps.database,
      cluster: settings.cluster,
      membership: this.membership,
      onFailure: (job, err) => this.#complain(`job ${job}`, err, `The job ${job} failed`),
    })
    this.discovery = this.#composeDiscovery()
    this.sessionOwners = settings.sessionCopies
      ? new OwnedCaches({
          settings: settings.caches,
          log: this.log,
          mesh: this.mesh,
          membership: this.membership,
          guard: this.caches.guard,
          read,
          now: () => clusterClock.monotonic(),
        })
      : null
  }

  /**
   * Joins the cluster: reads the log, listens, enters the view.
   * @throws what the settings or the network refuse, with one line that names the setting
   */
  static async start(deps: ClusteringDeps): Promise<Clustering> {
    const { settings, database, secretBox, loggers, clock, worker } = deps
    const nodeId = randomUUID()
    const network = await prepareNetwork({
      network: settings.network,
      cluster: settings.cluster,
      nodeId,
      worker: worker?.index ?? 0,
      workers: worker?.count ?? 1,
      authorities: new SqlAuthorityStore(database, secretBox),
      clock,
      log: loggers.of('org.infinispan.CLUSTER'),
    })
    const clustering = new Clustering(deps, nodeId, network)
    try {
      await clustering.#open()
    } catch (error) {
      // What cannot be undone either, for the same reason, would hide why.
      await clustering[Symbol.asyncDispose]().catch(() => undefined)
      throw error
    }
    return clustering
  }

  /**
   * Where a domain's cache comes from, bounded as the settings say. All of one kind share one cache, as in Keycloak, so
   * that a `clear` of the kind reaches all: their keys must tell them apart.
   */
  cache<V>(kind: CacheKind): InvalidationCache<V, Queryable> {
    const settings = this.settings.caches.find(({ name }) => name === kind)
    const cache = this.caches.of<V>(kind, {
      ...(settings?.maxCount == null ? {} : { maxCount: settings.maxCount }),
      ...(settings?.lifespanMs == null ? {} : { maxAgeMs: settings.lifespanMs }),
    })
    return this.#deps.timings?.wrap(kind, cache) ?? cache
  }

  /** Where transactions put their invalidation events: into the log, this node's caches, and its peers'. */
  get outbox(): Outbox {
    return {
      statement: (events) => this.log.outbox(events),
      committed: async (events, rows) => {
        const written = rows as unknown as Parameters<ClusterLog['committed']>[1]
        const positions = this.log.committed(events, written)
        // Not acknowledged in time = found by the peer's next poll (cluster.md §4).
        await this.log.awaitVisible(positions, this.pushes.reachableMembers(), visibleWithinMs)
      },
    }
  }

  /** Which node cookies name, and whether one that they name is there; workers of a machine have its name and a number. */
  get sessionRoutes() {
    return {
      own: this.settings.route,
      leadsSomewhere: (route: string) =>
        this.membership
          .view()
          .members.some(({ name }) => name === route || name.startsWith(`${route}-`)),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]()
  }

  async #open(): Promise<void> {
    const { database } = this.#deps
    const running = this.#running
    running.use(this.#connections)
    running.defer(async () => await this.watchdog?.stop())
    running.defer(() => this.clockSkew.stop())
    running.defer(async () => await this.log.stop())
    running.defer(async () => await this.mesh.close())
    this.#announce()
    await this.mesh.listen()
    await this.log.start()
    await this.clockSkew.start()
    database.connectOutbox(this.outbox)
    database.connectReach(() => this.log.answers())
    this.log.onSilence(() => database.fellSilent())
    this.log.onFlush((why) => this.#flushed(why))
    this.membership.onView((view) => {
      this.mesh.follow(this.membership.self, view)
      this.#logger.info({}, viewLine(view, this.settings.cluster))
    })
    this.membership.onEvicted((why) => {
      this.#logger.warn({ why }, 'The cluster went on without this node; it joins again')
    })
    running.defer(async () => await this.membership.leave())
    await this.membership.start()
    running.defer(async () => await this.jobs.stop())
    this.#scheduleJobs()
    running.defer(async () => await this.discovery?.close())
    this.discovery?.start()
  }

  #announce(): void {
    const { network, cluster, nodeName, caches, warnings } = this.settings
    for (const line of warnings) this.#logger.warn({}, line)
    const configuration = this.#deps.loggers.of(configurationCategory)
    for (const cache of caches) configuration.debug({}, cacheLine(cache))
    if (network === null) return
    this.#logger.info(
      {},
      `ISPN000078: Starting JGroups channel \`${cluster}\` with stack \`${network.stack.name}\``,
    )
    this.#logger.info(
      {},
      `ISPN000079: Channel \`${cluster}\` local address is \`${nodeName}\`, physical addresses are \`[${this.network.address}]\``,
    )
  }

  #composeMesh(): NodeMesh {
    const { transport } = this.network
    if (transport === null) return new AloneMesh()
    const { clock, settings } = this.#deps
    return socketNodeMesh({
      cluster: settings.cluster,
      transport,
      clock,
      log: this.#logger,
      // It may have joined a moment ago: the next poll brings the view.
      onStranger: () => void this.log.pollNow(),
    })
  }

  #composeDiscovery(): DiscoveryMonitor | null {
    const { discovery } = this.network
    if (discovery === null) return null
    return new DiscoveryMonitor({
      discovery,
      log: this.#logger,
      now: () => this.#deps.clock.monotonic(),
      members: () =>
        this.membership
          .view()
          .members.flatMap(({ addr, extAddr }) => [addr, extAddr].filter((each) => each !== null)),
      intervalMs: discoveryIntervalMs,
      complaintIntervalMs,
    })
  }

  #scheduleJobs(): void {
    this.jobs.every('invalidation-log-expiry', trimIntervalMs, async () => {
      const identity = this.log.identitySql()
      if (identity === undefined) return
      const store = new LogStore(this.#connections, identity)
      while ((await store.trim(trimRowsMax)) === trimRowsMax);
    })
    const { credentials, transport } = this.network
    const { network } = this.settings
    if (credentials === null || !(transport instanceof TlsTransport)) return
    credentials.serve(transport, this.mesh)
    const days =
      network?.protection.kind === 'generated' ? network.protection.rotationIntervalDays : 1
    const lookMs = Math.max(500, Math.min(rotationLookMs, (days * dayMs) / 4))
    this.jobs.every('cluster-certificates', lookMs, async () => {
      const others = this.membership
        .view()
        .members.filter(({ id }) => id !== this.membership.self.id)
      await credentials.rotate(this.mesh, others)
    })
    const reread = setInterval(
      () => {
        credentials
          .refresh()
          .catch((err) =>
            this.#complain('certificates', err, 'Cluster certificates could not be read'),
          )
      },
      Math.min(authorityRereadMs, lookMs),
    )
    reread.unref()
    this.#running.defer(() => clearInterval(reread))
  }

  /** Whether pushes come from every other member; one without a mesh address sends none. */
  #isMeshWhole(): boolean {
    const { self } = this.membership
    const others = this.membership.view().members.filter(({ id }) => id !== self.id)
    return others.every(({ id }) => this.mesh.reachable(id)) && this.mesh.hearsAll()
  }

  /** A node that listens on no port expects nobody; another one like it, on the same database, shows in the view. */
  #isAlone(): boolean {
    const { self } = this.membership
    const expectsNobody = this.network.transport === null && this.membership.joined()
    return expectsNobody && this.membership.view().members.every(({ id }) => id === self.id)
  }

  #flushed(why: string): void {
    if (why === 'start') return
    this.#logger.info({ why }, 'Caches were cleared, for changes may have been missed')
    if (why === 'db-identity') this.#deps.database.dropIdleConnections()
  }

  #complain(subject: string, err: unknown, message: string): void {
    // What meets a database that is away has nothing to add to the lines of the outage.
    if (err instanceof DatabaseUnavailable) return
    this.#complaints.warn(subject, { reason: (err as Error)?.message }, message)
  }
}
