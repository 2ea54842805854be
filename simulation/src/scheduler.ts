interface Due {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** Virtual time, in ms: runs what is due in order, and time jumps from one to the next. */
export class Scheduler {
  now = 0
  readonly #heap: Due[] = []
  #order = 0

  after(delayMs: number, run: () => void): void {
    const due = { at: this.now + Math.max(0, delayMs), order: this.#order++, run }
    const heap = this.#heap
    let index = heap.length
    heap.push(due)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(due, heap[parent] as Due)) break
      heap[index] = heap[parent] as Due
      index = parent
    }
    heap[index] = due
  }

  runUntil(end: number): void {
    for (;;) {
      const next = this.#heap[0]
      if (next === undefined || next.at > end) break
      this.#removeFirst()
      this.now = next.at
      next.run()
    }
    this.now = end
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop() as Due
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Due, heap[child] as Due)) child++
      if (!before(heap[child] as Due, last)) break
      heap[index] = heap[child] as Due
      index = child
    }
    heap[index] = last
  }
}

function before(one: Due, other: Due): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
