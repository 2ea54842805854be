import { expect } from 'vitest'
import { eventually } from './cluster-node.ts'

/** A change may be seen this late when its acknowledgement missed the reply: the next look at the log brings it. */
const boundMs = 1_000
/** The share that must be seen at once; the rest allows for a machine that stalls for a quarter of a second. */
const atOnceMin = 0.9

/** Counts how often a change was seen right after the reply, and insists on the bound for the rest. */
export class Promptness {
  #seen = 0
  #atOnce = 0

  /** @param holds asked again until the bound when it does not hold at once */
  async check(what: string, holds: () => Promise<boolean>): Promise<void> {
    this.#seen += 1
    if (await holds()) this.#atOnce += 1
    else await eventually(what, boundMs, holds)
  }

  expectMostAtOnce(): void {
    expect(this.#seen).toBeGreaterThan(0)
    expect(this.#atOnce / this.#seen).toBeGreaterThanOrEqual(atOnceMin)
  }
}
