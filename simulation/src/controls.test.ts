import { describe, expect, test } from 'vitest'
import { safeBehaviour } from './behaviour.ts'
import { controls } from './controls.ts'
import { runSeed } from './run-seed.ts'

/** A control must be found within so many seeds. */
const seedsMax = 2000

function firstFailure(control: string): number | undefined {
  const behaviour = controls[control] ?? safeBehaviour
  for (let seed = 1; seed <= seedsMax; seed++) {
    if (runSeed(seed, behaviour).violation !== undefined) return seed
  }
  return undefined
}

describe('the simulator notices', () => {
  for (const control of Object.keys(controls)) {
    test(control, { timeout: 240_000 }, () => {
      const seed = firstFailure(control)
      expect(seed, `no seed up to ${seedsMax} shows that ${control} is wrong`).toBeDefined()
      // Without the mistake the same seed passes: the finding is the control's, not the simulator's.
      expect(runSeed(seed as number).violation).toBeUndefined()
    })
  }
})
