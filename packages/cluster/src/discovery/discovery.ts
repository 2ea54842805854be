/**
 * Finds addresses of other nodes outside the database. What it finds is compared with the view and reported; it never
 * makes anyone a member (cluster.md §6).
 */
export interface Discovery {
  /** For log lines: how it looks for nodes. */
  readonly description: string
  /** @returns addresses as `host:port`, this node's own possibly among them. @throws when it cannot look */
  find(): Promise<string[]>
  close(): Promise<void>
}

/** A setting of the cluster network that cannot be honoured: stops the start with this one line. */
export class NetworkSettingRefused extends Error {}
