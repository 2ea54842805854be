import { expect, it } from 'vitest'
import { cacheSeconds } from './cache-seconds.ts'

const bounds = { min: 300, max: 1_000 }

it.each<[string | undefined, number]>([
  [undefined, 300],
  ['', 300],
  ['no-store, max-age=900', 300],
  ['No-Cache', 300],
  ['max-age=1', 300],
  ['public, max-age=900', 900],
  ['max-age=900, s-maxage=500', 500],
  ['max-age="700"', 700],
  ['max-age=99999999', 1_000],
  ['max-age=-1', 300],
  ['max-age=x', 300],
])('keeps a document of Cache-Control %j for %i seconds', (header, seconds) => {
  expect(cacheSeconds(header, bounds)).toBe(seconds)
})
