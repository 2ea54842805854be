/** An entry's place. */
interface Place {
  readonly shard: number
  readonly v: number
}

interface Waiting {
  readonly places: readonly Place[]
  readonly peers: Set<string>
  readonly done: (result: 'all' | 'timeout') => void
}

/** Who waits for peers to have applied which entries. */
export class VisibilityWait {
  readonly #waiting = new Set<Waiting>()

  /** @returns `all` as soon as each peer has said that it stands at or beyond each place. */
  wait(
    places: readonly Place[],
    peers: readonly string[],
    timeoutMs: number,
  ): Promise<'all' | 'timeout'> {
    if (peers.length === 0 || places.length === 0) return Promise.resolve('all')
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiting.done('timeout'), timeoutMs)
      const waiting: Waiting = {
        places,
        peers: new Set(peers),
        done: (result) => {
          clearTimeout(timer)
          this.#waiting.delete(waiting)
          resolve(result)
        },
      }
      this.#waiting.add(waiting)
    })
  }

  acknowledged(peer: string, positions: readonly Place[]): void {
    for (const waiting of this.#waiting) {
      const reached = waiting.places.every((place) =>
        positions.some((position) => position.shard === place.shard && position.v >= place.v),
      )
      if (reached) waiting.peers.delete(peer)
      if (waiting.peers.size === 0) waiting.done('all')
    }
  }

  /** Ends every wait. */
  cancel(): void {
    for (const waiting of this.#waiting) waiting.done('timeout')
  }
}
