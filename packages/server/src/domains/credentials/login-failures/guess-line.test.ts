import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { GuessLine } from './guess-line.ts'

describe('guesses at one user', () => {
  it('are settled one after the other, also when one of them fails', async () => {
    const line = new GuessLine()
    let limit = 3
    const guess = (number: number) =>
      line.inTurn('acme/anna', async () => {
        const looked = limit > 0
        await wait(Math.random() * 3)
        if (!looked) return 'locked'
        limit -= 1
        if (number === 1) throw new Error('the database is away')
        return 'looked at'
      })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => guess(index)),
    )
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    const values = outcomes.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))
    expect(values.slice(0, 4)).toEqual(['looked at', 'failed', 'looked at', 'locked'])
    expect(values.slice(3).every((value) => value === 'locked')).toBe(true)
  })

  it('do not wait for those at another user', async () => {
    const line = new GuessLine()
    let free: () => void = () => undefined
    const slow = line.inTurn('acme/anna', () => new Promise<void>((resolve) => (free = resolve)))
    expect(await line.inTurn('acme/bert', async () => 'at once')).toBe('at once')
    free()
    await slow
  })
})
