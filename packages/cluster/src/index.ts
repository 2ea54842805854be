export type {
  Cache,
  CacheBounds,
  CacheStatistics,
  Fill,
  InvalidationCache,
} from './cache/cache.ts'
export { type CacheLog, Caches, type CachesDeps, cacheKinds } from './cache/caches.ts'
export { CoherentCache } from './cache/coherent-cache.ts'
export { FillGuard, type Guarded } from './cache/fill-guard.ts'
export { type Fetched, LocalCache } from './cache/local-cache.ts'
export {
  type IdentitySource,
  type ReadSource,
  snapshotReads,
  statementReads,
} from './cache/read-source.ts'
export { StaleCache } from './cache/stale-cache.ts'
export {
  type ClusterClock,
  longestElapsed,
  type Moment,
  machineClock,
  momentOf,
} from './clock/cluster-clock.ts'
export {
  type BindAddressDeps,
  type InterfaceAddress,
  resolveBindAddress,
} from './discovery/bind-address.ts'
export { type Discovery, NetworkSettingRefused } from './discovery/discovery.ts'
export { DiscoveryMonitor } from './discovery/discovery-monitor.ts'
export { DnsDiscovery } from './discovery/dns-discovery.ts'
export { type JgroupsProperties, jgroupsProperties } from './discovery/jgroups-properties.ts'
export { MulticastDiscovery, multicastDefaults } from './discovery/multicast-discovery.ts'
export { type Stack, stackNamed } from './discovery/stack.ts'
export { parseInitialHosts, StaticDiscovery } from './discovery/static-discovery.ts'
export {
  ClusterJobs,
  type ClusterJobsDeps,
  type JobMembership,
  type JobRun,
} from './jobs/cluster-jobs.ts'
export { checkLease, type JobLease, JobLeaseLost, JobLeaseStore } from './jobs/job-lease-store.ts'
export { ClusterLog, type ClusterLogDeps, type LogPosition, type Rider } from './log/cluster-log.ts'
export type { InvalidationEvent } from './log/invalidation-event.ts'
export {
  type FlushReason,
  hasApplied,
  type LogInput,
  type LogOutput,
  type LogState,
  newLog,
  type Poll,
  stepLog,
} from './log/log-core.ts'
export {
  type Cursor,
  hashOf,
  type LogRow,
  type PollAnswer,
  shardCount,
  shardOf,
} from './log/log-row.ts'
export { identitySql, LogStore, type PollRider, type RiderAnswer } from './log/log-store.ts'
export { type OutboxRow, type OutboxStatement, outboxStatement, type Random } from './log/outbox.ts'
export type { SqlConnection, SqlDatabase } from './log/sql-connection.ts'
export { ClusterMembership, type ClusterMembershipDeps } from './membership/cluster-membership.ts'
export { EventLoopWatchdog, type EventLoopWatchdogDeps } from './membership/event-loop-watchdog.ts'
export {
  leaseValid,
  type MembershipInput,
  type MembershipOutput,
  type MembershipState,
  membershipTimes,
  newMembership,
  riderFor,
  stepMembership,
} from './membership/membership-core.ts'
export { IncompatibleMember } from './membership/membership-store.ts'
export {
  type Membership,
  type Node,
  type NodeBeat,
  type NodeProfile,
  type View,
  viewLine,
  viewOf,
} from './membership/view.ts'
export type { ClusterAuthority } from './mesh/certificates.ts'
export {
  type AuthorityStore,
  ClusterCredentials,
  type ClusterCredentialsDeps,
} from './mesh/cluster-credentials.ts'
export { type ClusterLogger, Complaints } from './mesh/complaints.ts'
export { protocolRange } from './mesh/envelope.ts'
export { type MeshLimits, meshLimits } from './mesh/limits.ts'
export type { CastHandler, Mesh, MeshPeer, PeerStatus, RequestHandler } from './mesh/mesh.ts'
export { PeerRefused, PeerTimeout, PeerUnreachable } from './mesh/mesh.ts'
export type { MeshTrafficStatistics } from './mesh/mesh-traffic.ts'
export { KeyStoreRefused, ownCredentials, type StoreFile } from './mesh/own-credentials.ts'
export {
  type Pkcs12Key,
  pkcs12Certificates,
  pkcs12Key,
  pkcs12Secrets,
  TrustStoreError,
} from './mesh/pkcs12-store.ts'
export { PlainTransport } from './mesh/plain-transport.ts'
export { isPrivateAddress } from './mesh/private-address.ts'
export { type MeshCounters, SocketMesh, type SocketMeshDeps } from './mesh/socket-mesh.ts'
export { type MeshCredentials, TlsTransport } from './mesh/tls-transport.ts'
export { formatAddress, ListenRefused, type MeshTransport } from './mesh/transport.ts'
export { type OwnedRecords, OwnerCache, type OwnerCacheDeps } from './ownership/owner-cache.ts'
export {
  type OwnerCacheCounters,
  OwnerCore,
  type OwnerRequest,
  type OwnerStep,
  type StoredRecord,
} from './ownership/owner-core.ts'
export {
  type OwnerCandidate,
  OwnerTable,
  segmentCount,
  segmentOf,
} from './ownership/owner-table.ts'
export { type Protocol, safeProtocol } from './protocol.ts'
export { type CacheFile, parseCacheFile } from './settings/cache-file.ts'
export { CacheSettingRefused, type CacheSettings, cacheDefaults } from './settings/cache-names.ts'
export { type EffectiveCaches, effectiveCaches } from './settings/cache-settings.ts'
