/**
 * Freshness cannot be proved: the log has not been read for too long, or the answer came from another database than the
 * log's. The caller answers 503 rather than something that may be no longer true.
 */
export class StaleCache extends Error {
  constructor(cache: string, why: string) {
    super(`cache ${cache}: ${why}`)
    // The server's HTTP layer, which knows nothing of this package, tells errors apart by name.
    this.name = 'StaleCache'
  }
}
