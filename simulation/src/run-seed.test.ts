import { describe, expect, test } from 'vitest'
import { runSeed } from './run-seed.ts'

/** A few of the seeds that `npm run simulate` plays by the thousand. */
const seeds = 60

describe('the protocol in force', () => {
  test(`survives seeds 1 to ${seeds}`, { timeout: 120_000 }, () => {
    for (let seed = 1; seed <= seeds; seed++) {
      expect(runSeed(seed).violation, `npm run simulate -- --seed ${seed}`).toBeUndefined()
    }
  })

  test('plays a seed in the same way each time', () => {
    const play = () => {
      const lines: string[] = []
      runSeed(7, undefined, (line) => lines.push(line))
      return lines
    }
    const first = play()
    expect(first.length).toBeGreaterThan(100)
    expect(play()).toEqual(first)
  })
})
