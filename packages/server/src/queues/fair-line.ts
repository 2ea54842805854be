/**
 * Jobs that wait, in a line of bounded length that is fair between those who ask: whoever waits gets a turn before anybody
 * gets a second one. While there is room, one asker may use all of it; in a full line, a newcomer takes the place of the
 * last job of whom most wait for, so that nobody can keep the others out.
 */
export class FairLine<T> {
  readonly #max: number
  /** By asker, in the order of their next turns; never empty lists. */
  readonly #lines = new Map<string, T[]>()
  #size = 0

  constructor(max: number) {
    this.#max = max
  }

  get size(): number {
    return this.#size
  }

  /**
   * Puts a job at the end of its asker's line.
   * @returns the job that has no place any more: the new one, or the one that had to go; undefined when there was room
   */
  push(asker: string, job: T): T | undefined {
    let refused: T | undefined
    if (this.#size >= this.#max) {
      const longest = this.#longest()
      // With one job more each, the asker would have as many as who gives way: then it is not fairer.
      if (longest === undefined || this.#length(longest) <= this.#length(asker) + 1) return job
      refused = this.#takeLast(longest)
    }
    const line = this.#lines.get(asker)
    if (line === undefined) this.#lines.set(asker, [job])
    else line.push(job)
    this.#size += 1
    return refused
  }

  /** Takes the oldest job of the asker whose turn it is. */
  shift(): T | undefined {
    const [first] = this.#lines
    if (first === undefined) return undefined
    const [asker, line] = first
    const job = line.shift()
    this.#lines.delete(asker)
    // Behind all the others.
    if (line.length > 0) this.#lines.set(asker, line)
    this.#size -= 1
    return job
  }

  #length(asker: string): number {
    return this.#lines.get(asker)?.length ?? 0
  }

  #longest(): string | undefined {
    let longest: string | undefined
    for (const asker of this.#lines.keys()) {
      if (longest === undefined || this.#length(asker) > this.#length(longest)) longest = asker
    }
    return longest
  }

  #takeLast(asker: string): T | undefined {
    const line = this.#lines.get(asker)
    const job = line?.pop()
    if (line?.length === 0) this.#lines.delete(asker)
    this.#size -= 1
    return job
  }
}
