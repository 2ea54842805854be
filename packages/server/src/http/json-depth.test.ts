import { expect, it } from 'vitest'
import { isTooDeep } from './json-depth.ts'

const nested = (depth: number) => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`

it('a body may be nested a thousand levels deep and no deeper', () => {
  expect(isTooDeep(nested(1_000))).toBe(false)
  expect(isTooDeep(nested(1_002))).toBe(true)
})

it('brackets inside texts do not count, nor does what is closed again', () => {
  expect(isTooDeep(JSON.stringify({ a: '['.repeat(5_000), '\\"{': '"[\\' }))).toBe(false)
  expect(isTooDeep(`[${'[],'.repeat(5_000)}[]]`)).toBe(false)
})
