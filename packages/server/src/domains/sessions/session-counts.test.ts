import { expect, test } from 'vitest'
import type { Database, Transaction, TransactionOptions } from '../../database/database.ts'
import { SessionCountStore } from './session-count-store.ts'
import { SessionCounts } from './session-counts.ts'

/** A database whose every count has to be answered by the test. */
class SlowDatabase {
  readonly answers: ((outcome: number | Error) => void)[] = []
  readonly limits: (number | undefined)[] = []

  async transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    this.limits.push(options?.statementTimeoutMs)
    const query = () =>
      new Promise((resolve, reject) => {
        this.answers.push((outcome) =>
          outcome instanceof Error ? reject(outcome) : resolve([{ n: outcome }]),
        )
      })
    return await work({ query } as unknown as Transaction)
  }
}

test('what is being counted is not counted again, and may take longer than other statements', async () => {
  const database = new SlowDatabase()
  const counts = new SessionCounts(database as unknown as Database, new SessionCountStore())
  const [first, second] = [
    counts.ofClient('demo', 'app', false),
    counts.ofClient('demo', 'app', false),
  ]
  const other = counts.ofClient('demo', 'app', true)
  expect(database.limits).toEqual([20_000, 20_000])
  database.answers[0]?.(7)
  database.answers[1]?.(3)
  expect(await Promise.all([first, second, other])).toEqual([7, 7, 3])
  const later = counts.ofClient('demo', 'app', false)
  database.answers[2]?.(8)
  expect(await later).toBe(8)
})

test('a count that failed is begun anew', async () => {
  const database = new SlowDatabase()
  const counts = new SessionCounts(database as unknown as Database, new SessionCountStore())
  const failing = [counts.ofClient('demo', 'app', false), counts.ofClient('demo', 'app', false)]
  database.answers[0]?.(new Error('canceled'))
  expect(await Promise.allSettled(failing)).toMatchObject([
    { reason: { message: 'canceled' } },
    { reason: { message: 'canceled' } },
  ])
  const again = counts.ofClient('demo', 'app', false)
  database.answers[1]?.(1)
  expect(await again).toBe(1)
})
