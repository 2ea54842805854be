import fc from 'fast-check'
import { knownValues, parameterNames } from './vocabulary.ts'

/** A request of somebody whom the server knows. */
export interface Wild {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

const oddTexts = [
  ...['', ' ', '\u0000', 'a\u0000b', '%', '%zz', '\r\nX: y', '../..', '*', '+', '__proto__'],
  ...['constructor', 'toString', 'null', 'true', '-1', '1e999', '99999999999999999999', '1.5'],
  ...[
    'NaN',
    '{',
    '[]',
    '{}',
    '{"a":',
    '[[[[',
    "' OR 1=1 --",
    '<script>',
    '\u202e𝒳',
    'x'.repeat(5_000),
  ],
  ...['urn:x', 'http://', 'javascript:alert(1)', 'http://[::', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'],
]
export const odd = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...oddTexts) },
  { weight: 3, arbitrary: fc.constantFrom(...knownValues) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
)
export const inPath = fc.constantFrom(
  ...['none', '%00', 'a%00b', '%ED%A0%80', '%ff', '%2e%2e%2f', '__proto__', 'constructor', '%25'],
  ...['-1', 'x'.repeat(900), "'%20OR%201=1--", '%0d%0aX:%20y'],
)
export const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: odd },
  { weight: 2, arbitrary: fc.constantFrom(null, true, 0, -1, 1.5, 2 ** 53, 1e308, [], {}) },
  { weight: 1, arbitrary: fc.constant('\ud800') },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom('a', null, 1, {}, ['\u0000']), { maxLength: 3 }),
  },
  {
    weight: 1,
    arbitrary: fc.dictionary(fc.constantFrom('a', '__proto__', 'id', 'name'), odd, { maxKeys: 3 }),
  },
)

/** Known parameters with values that are right, wrong or mad; now and then one of them twice. */
export const parametersOf = (
  right: Readonly<Record<string, string>>,
  more: readonly string[] = [],
) => {
  const names = [...new Set([...Object.keys(right), ...more, ...parameterNames])]
  const mad = fc.array(fc.tuple(fc.constantFrom(...names), odd), { minLength: 1, maxLength: 4 })
  return fc
    .tuple(mad, fc.nat(9), fc.constantFrom(...Object.keys(right)))
    .map(([pairs, luck, left]) => {
      const form = new URLSearchParams(right)
      for (const [key, value] of pairs) {
        if (luck === 0) form.append(key, value)
        else form.set(key, value)
      }
      if (luck === 1) form.delete(left)
      return form.toString()
    })
}

/** A document of which some members are mad, or another document. */
export const documentOf = (right: Readonly<Record<string, unknown>>) => {
  const members = fc.dictionary(fc.constantFrom(...Object.keys(right)), oddJson, {
    minKeys: 1,
    maxKeys: 3,
  })
  return fc.oneof(
    { weight: 9, arbitrary: members.map((mad) => JSON.stringify({ ...right, ...mad })) },
    { weight: 1, arbitrary: oddJson.map((mad) => JSON.stringify(mad) ?? '') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', '{', 'x', '[[[[', '{"a":1e999}', '{"__proto__":{"x":1}}'),
    },
  )
}
