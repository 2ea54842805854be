import { expect, it } from 'vitest'
import { z } from 'zod'
import { flag, integer, text, textLists, textMap, texts } from './scalars.ts'
import { shown } from './shown.ts'

const given = z.strictObject({
  name: text,
  enabled: flag,
  count: integer,
  tags: texts,
  config: textMap,
  attributes: textLists,
  below: z.array(z.strictObject({ name: text })).nullish(),
})

it('takes on the way out the one form of each value that it makes of many on the way in', () => {
  const sent = { name: 7, enabled: 'true', count: '3', tags: [true], attributes: { a: 'b' } }
  const read = given.parse(sent)
  expect(shown(given).safeParse(sent).success).toBe(false)
  expect(shown(given).safeParse({ ...read, below: [{ name: 'x' }] }).success).toBe(true)
})

it.each([
  { other: 1 },
  { name: null },
  { enabled: 'true' },
  { count: 2 ** 31 },
  { config: { a: 1 } },
  { attributes: { a: ['b', null] } },
  { below: [{ title: 'x' }] },
])('%j is no answer', (answer) => {
  expect(shown(given).safeParse(answer).success).toBe(false)
})
