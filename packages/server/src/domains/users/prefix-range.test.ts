import fc from 'fast-check'
import { expect, it } from 'vitest'
import { afterPrefix } from './prefix-range.ts'

const order = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
const text = fc.string({ unit: 'binary', maxLength: 6 })

it('what begins so stands before it, and nothing else does that stands behind the prefix', () => {
  const property = fc.property(text, text, text, (prefix, rest, other) => {
    const after = afterPrefix(prefix)
    const within = (value: string): boolean =>
      order(value, prefix) >= 0 && (after === null || order(value, after) < 0)
    expect(within(prefix + rest)).toBe(true)
    expect(within(other)).toBe(other.startsWith(prefix))
  })
  fc.assert(property, { numRuns: 2_000 })
})

it.each([
  ['grown-99', 'grown-9:'],
  ['a\u{10ffff}', 'b'],
  ['\u{10ffff}', null],
  ['\ud7ff', '\ue000'],
  ['\u{1f600}', '\u{1f601}'],
])('%j is followed by %j', (prefix, after) => {
  expect(afterPrefix(prefix)).toBe(after)
})
