import { expect, test } from 'vitest'
import { randomAlphanumeric, randomBase64Url, takeRandom } from './random.ts'

test('bytes that were given out stay as they are, and nobody gets them again', () => {
  const given = Array.from({ length: 2_000 }, (_, index) => takeRandom(12 + (index % 8)))
  const before = given.map((bytes) => bytes.toString('hex'))
  for (let count = 0; count < 1_000; count += 1) takeRandom(64)
  expect(given.map((bytes) => bytes.toString('hex'))).toEqual(before)
  expect(new Set(before).size).toBe(before.length)
  for (const [index, bytes] of given.entries()) expect(bytes).toHaveLength(12 + (index % 8))
})

test('every bit is as often set as not', () => {
  const rounds = 4_000
  const set = new Array<number>(8).fill(0)
  for (let round = 0; round < rounds; round += 1) {
    for (const byte of takeRandom(16)) {
      for (let bit = 0; bit < 8; bit += 1) set[bit] = (set[bit] ?? 0) + ((byte >> bit) & 1)
    }
  }
  // Eight standard deviations of 64,000 throws.
  for (const count of set) expect(Math.abs(count / (rounds * 16) - 0.5)).toBeLessThan(0.016)
})

test('texts are as long as asked for', () => {
  for (const bytes of [1, 16, 64, 65, 1_024]) {
    expect(Buffer.from(randomBase64Url(bytes), 'base64url')).toHaveLength(bytes)
    expect(randomAlphanumeric(bytes)).toHaveLength(bytes)
  }
})

test('what is no length is refused, and changes nothing for whoever asks next', () => {
  const before = takeRandom(16)
  for (const length of [-1, -48, -1_500, 0, 0.5, 1_025, Number.NaN, Number.POSITIVE_INFINITY]) {
    for (const take of [takeRandom, randomBase64Url, randomAlphanumeric]) {
      expect(() => take(length)).toThrow(RangeError)
    }
  }
  const after = takeRandom(48)
  expect(after.some((byte) => byte !== 0)).toBe(true)
  expect(after.subarray(0, 16)).not.toEqual(before)
})
