import { expect, it } from 'vitest'
import { durationMs } from './workflow-duration.ts'

it('reads durations as Keycloak does', () => {
  const known: Record<string, number> = {
    5: 5_000,
    '-5': -5_000,
    '300ms': 300,
    '2m': 120_000,
    '1h30m': 5_400_000,
    '1D': 86_400_000,
    PT10S: 10_000,
    'PT0.5S': 500,
    P2DT3H: 183_600_000,
    '-PT1M': -60_000,
  }
  for (const [text, ms] of Object.entries(known)) expect(durationMs(text), text).toBe(ms)
})

it('knows what is none', () => {
  for (const text of ['', 'zz', 'P', 'PT', '5w', '1.5', 'P1Y', '1d2h']) {
    expect(durationMs(text), text).toBeNull()
  }
})
