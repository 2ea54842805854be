import { expect, test, vi } from 'vitest'
import { ClockSkew } from './clock-skew.ts'

/** A node whose clock is `aheadMs` ahead of a database that takes 40 ms to answer. */
async function skewOf(aheadMs: number) {
  const warnings: string[] = []
  let trueTime = 1_000_000
  const clock = { now: () => trueTime + aheadMs, monotonic: () => trueTime }
  const quiet = () => undefined
  const skew = new ClockSkew({
    clock,
    complaints: { warn: (_subject, _fields, message) => warnings.push(message) },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    database: {
      query: async <R>() => {
        trueTime += 20
        const rows = [{ ms: trueTime }] as R[]
        trueTime += 20
        return rows
      },
    },
  })
  await skew.look()
  return { skewMs: skew.skewMs, excessive: skew.excessive, warnings }
}

test('a journey to the database is not taken for skew', async () => {
  expect(await skewOf(0)).toEqual({ skewMs: 0, excessive: false, warnings: [] })
  expect(await skewOf(-15)).toEqual({ skewMs: 0, excessive: false, warnings: [] })
})

test('skew is told from 5 s on, in both directions, and takes the node out of service from 60 s on', async () => {
  expect((await skewOf(4_000)).warnings).toEqual([])
  const ahead = await skewOf(10_000)
  expect(ahead.warnings).toEqual(["This machine's clock is 10 s ahead of the database's"])
  expect(ahead.excessive).toBe(false)
  const behind = await skewOf(-300_000)
  expect(behind.warnings[0]).toContain('300 s behind')
  expect(behind.excessive).toBe(true)
})

test('a node whose clock is right again is back in service within seconds, not at the next regular look', async () => {
  vi.useFakeTimers()
  let aheadMs = 300_000
  const quiet = () => undefined
  const skew = new ClockSkew({
    clock: { now: () => 1_000_000 + aheadMs, monotonic: () => 0 },
    complaints: { warn: quiet },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    database: { query: async <R>() => [{ ms: 1_000_000 }] as R[] },
  })
  await skew.start()
  expect(skew.excessive).toBe(true)
  aheadMs = 0
  await vi.advanceTimersByTimeAsync(3_000)
  expect(skew.excessive).toBe(false)
  skew.stop()
  vi.useRealTimers()
})
