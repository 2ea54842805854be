/** A place in an ArrivalList. */
export interface Place<T> {
  readonly value: T
  earlier: Place<T> | undefined
  later: Place<T> | undefined
}

/**
 * Values in the order in which they came, each of which may leave at any time, in constant time.
 *
 * For what comes and goes with every request: a place that is left has no links. A `Map` or `Set` there keeps alive what has
 * long left it. V8 links the table that a map has outgrown to the one that follows; once one such table has got into the old
 * generation, so do all that follow it until the next full collection, each with what it held: one in seven requests.
 */
export class ArrivalList<T> {
  #first: Place<T> | undefined
  #last: Place<T> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Who came before all others that are still there. */
  get first(): Place<T> | undefined {
    return this.#first
  }

  /** @returns the place, to leave it by */
  add(value: T): Place<T> {
    const place: Place<T> = { value, earlier: this.#last, later: undefined }
    if (this.#last === undefined) this.#first = place
    else this.#last.later = place
    this.#last = place
    this.#size += 1
    return place
  }

  /** Does nothing for a place that is left already. */
  leave(place: Place<T>): void {
    const { earlier, later } = place
    if (earlier === undefined && this.#first !== place) return
    if (earlier === undefined) this.#first = later
    else earlier.later = later
    if (later === undefined) this.#last = earlier
    else later.earlier = earlier
    place.earlier = undefined
    place.later = undefined
    this.#size -= 1
  }
}
