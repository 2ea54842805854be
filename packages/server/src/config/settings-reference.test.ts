import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settingsReference } from './settings-reference.ts'

const page = join(import.meta.dirname, '../../../../docs/reference/settings.md')

test('the reference page is current (npm run docs writes it)', () => {
  expect(readFileSync(page, 'utf8')).toBe(settingsReference())
})
