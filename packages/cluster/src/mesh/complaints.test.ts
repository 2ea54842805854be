import { expect, test } from 'vitest'
import { Complaints } from './complaints.ts'

const quiet = () => undefined

test('a subject is complained about once a minute, with how often it was kept back', () => {
  const lines: [object, string][] = []
  const log = { debug: quiet, info: quiet, error: quiet }
  const warn = (fields: object, message: string) => lines.push([fields, message])
  let now = 0
  const complaints = new Complaints({ ...log, warn }, 60_000, () => now)
  for (now = 0; now < 60_000; now += 1_000) complaints.warn('cut', { n: now }, 'cut off')
  complaints.warn('other', {}, 'something else')
  complaints.warn('cut', { n: now }, 'cut off')
  expect(lines).toEqual([
    [{ n: 0 }, 'cut off'],
    [{}, 'something else'],
    [{ n: 60_000, repeatedSince: 59 }, 'cut off'],
  ])
})
