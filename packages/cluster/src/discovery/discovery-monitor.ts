import { type ClusterLogger, Complaints } from '../mesh/complaints.ts'
import type { Discovery } from './discovery.ts'

export interface DiscoveryMonitorDeps {
  readonly discovery: Discovery
  readonly log: ClusterLogger
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Addresses of this node and of every member of its view. */
  readonly members: () => readonly string[]
  readonly intervalMs: number
  readonly complaintIntervalMs: number
}

/**
 * Looks for nodes and says which of those found are not in the view: they use another database or another cluster name,
 * or they are still starting.
 */
export class DiscoveryMonitor {
  readonly #deps: DiscoveryMonitorDeps
  readonly #complaints: Complaints
  #timer: NodeJS.Timeout | null = null
  #strangers: readonly string[] = []
  /** Strangers of the look before: only who is seen twice is worth a word. */
  #seenOnce: readonly string[] = []

  constructor(deps: DiscoveryMonitorDeps) {
    this.#deps = deps
    this.#complaints = new Complaints(deps.log, deps.complaintIntervalMs, deps.now)
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), this.#deps.intervalMs)
    this.#timer.unref()
    void this.look()
  }

  /** Addresses found that belong to no member, at the last look. */
  get strangers(): readonly string[] {
    return this.#strangers
  }

  async look(): Promise<void> {
    const { discovery, members, log } = this.#deps
    let found: string[]
    try {
      found = await discovery.find()
    } catch (error) {
      const fields = { err: error, discovery: discovery.description }
      this.#complaints.warn('failed', fields, 'Discovery of cluster nodes failed')
      return
    }
    const known = new Set(members())
    this.#strangers = found.filter((address) => !known.has(address))
    log.debug({ found, discovery: discovery.description }, 'Looked for cluster nodes')
    for (const address of this.#strangers.filter((each) => this.#seenOnce.includes(each))) {
      this.#complaints.warn(
        address,
        { address, discovery: discovery.description, viewSize: known.size },
        `Found a node at ${address} that is not in this cluster's view: does it use this database and cluster name?`,
      )
    }
    this.#seenOnce = this.#strangers
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await this.#deps.discovery.close()
  }
}
