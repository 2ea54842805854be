import { describe, expect, test } from 'vitest'
import { equalInConstantTime } from './constant-time.ts'

describe('comparison of secrets', () => {
  test('tells equal texts from others, of every length', () => {
    for (const length of [0, 1, 84, 85, 86, 255, 256, 257, 5_000]) {
      const text = 'ü'.repeat(length)
      expect(equalInConstantTime(text, 'ü'.repeat(length))).toBe(true)
      expect(equalInConstantTime(text, `${text}x`)).toBe(false)
      expect(equalInConstantTime(`${text}x`, text)).toBe(false)
      expect(equalInConstantTime(`${text}a`, `${text}b`)).toBe(false)
    }
  })

  test('sees characters that are no more than filling', () => {
    expect(equalInConstantTime('secret', 'secret\0')).toBe(false)
    expect(equalInConstantTime('', '\0')).toBe(false)
    expect(equalInConstantTime('a\0b', 'a\0b')).toBe(true)
  })
})
