/** Every limit of the mesh. Times in milliseconds, sizes in bytes. */
export interface MeshLimits {
  readonly requestDeadlineMs: number
  readonly connectTimeoutMs: number
  readonly helloDeadlineMs: number
  readonly helloBytesMax: number
  readonly frameBytesMax: number
  /** Bytes that wait for a slow peer; beyond it casts are dropped and requests fail at once. */
  readonly sendQueueBytesMax: number
  /** Requests of one peer being answered; beyond it its connection is not read until one is done. */
  readonly inflightRequestsMax: number
  readonly inboundConnectionsMax: number
  readonly probeIntervalMs: number
  readonly probeTimeoutMs: number
  readonly probeMissesMax: number
  readonly indirectProbes: number
  readonly reconnectMinMs: number
  readonly reconnectMaxMs: number
  /** The same complaint is logged at most once in this time. */
  readonly complaintIntervalMs: number
}

/** The limits of a deployed node (cluster.md §6 and §1 rule 7). */
export const meshLimits: MeshLimits = {
  requestDeadlineMs: 50,
  connectTimeoutMs: 2_000,
  helloDeadlineMs: 2_000,
  helloBytesMax: 4_096,
  frameBytesMax: 1_048_576,
  sendQueueBytesMax: 4_194_304,
  inflightRequestsMax: 256,
  inboundConnectionsMax: 1_024,
  probeIntervalMs: 1_000,
  probeTimeoutMs: 500,
  probeMissesMax: 3,
  indirectProbes: 2,
  reconnectMinMs: 100,
  reconnectMaxMs: 5_000,
  complaintIntervalMs: 60_000,
}
