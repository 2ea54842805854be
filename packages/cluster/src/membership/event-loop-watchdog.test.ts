import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { EventLoopWatchdog } from './event-loop-watchdog.ts'

test('notices a stall of the event loop, and its end', { timeout: 20_000 }, async () => {
  const watchdog = new EventLoopWatchdog({ stallMs: 700, calmMs: 500 })
  try {
    // The thread has to run before the loop stalls.
    await delay(1500)
    expect(watchdog.stalled()).toBe(false)
    const end = Date.now() + 2500
    while (Date.now() < end);
    expect(watchdog.stalled()).toBe(true)
    expect(watchdog.statistics().stalls).toBe(1)
    expect(watchdog.statistics().longestMs).toBeGreaterThan(700)
    await expect.poll(() => watchdog.stalled(), { timeout: 8000 }).toBe(false)
  } finally {
    await watchdog.stop()
  }
})
