import { expect, test } from 'vitest'
import { counts, type HeldTurn, heldShare, tailOf, usedTurns } from './held-turns.ts'

function turn(after: number, p99 = 10): HeldTurn {
  return { before: 1_000, after, rate: 1_000 * heldShare, p50: 2, p99 }
}

test('a turn counts when the machine kept its speed', () => {
  expect([920, 1_000, 1_150].map((after) => counts(turn(after)))).toEqual([true, true, true])
})

test('a turn does not count when the machine became slower by more than a tenth', () => {
  expect(counts(turn(900))).toBe(false)
})

test('a turn does not count when the machine became quicker by more than a sixth', () => {
  expect(counts(turn(1_180))).toBe(false)
})

test('a turn after which nothing was answered does not count', () => {
  expect(counts(turn(0))).toBe(false)
})

test('turns that do not count are left out once enough do', () => {
  const good = [turn(1_000), turn(950), turn(1_050)]
  expect(usedTurns([turn(500), ...good, turn(2_000)])).toEqual(good)
})

test('when too few turns count, those are used in which the speed changed least', () => {
  const [half, double, slower, good] = [turn(500), turn(2_000), turn(800), turn(1_000)]
  expect(usedTurns([half, double, slower, good])).toEqual([good, slower, half])
})

test('fewer turns than are needed are all used', () => {
  expect(usedTurns([turn(500)])).toEqual([turn(500)])
})

test('the quotient is the median of those of the turns', () => {
  const turns = [
    { ...turn(1_000), p50: 1, p99: 3 },
    { ...turn(1_000), p50: 2, p99: 20 },
    { ...turn(1_000), p50: 4, p99: 16 },
    turn(500, 900),
  ]
  expect(tailOf(turns)).toEqual({ rate: 700, p50: 2, p99: 16, quotient: 4, counted: 3, taken: 4 })
})
