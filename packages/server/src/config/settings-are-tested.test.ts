import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { variableOf } from './setting-catalogue.ts'
import { settingAreas } from './settings/catalogue.ts'

const packages = resolve(import.meta.dirname, '../../..')

/** These look at how values are read and written, and see nothing of what they do. */
const readers =
  /[\\/]config[\\/](?:setting-values|settings-reference|settings-are-tested|outgoing-choice|postgres-url|check-production)\.test\.ts$/

/** Tests and what they are made of, without what was recorded elsewhere. */
const texts = ['server', 'cluster']
  .flatMap((name) =>
    ['src', 'tests'].flatMap((folder) => {
      const root = join(packages, name, folder)
      try {
        return readdirSync(root, { recursive: true, encoding: 'utf8' }).map((file) =>
          join(root, file),
        )
      } catch {
        return []
      }
    }),
  )
  .filter((file) => /\.ts$/.test(file) && !/[\\/]fixtures[\\/]/.test(file))
  .filter((file) => /\.test\.ts$/.test(file) || /[\\/]tests[\\/]/.test(file))
  .filter((file) => !readers.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')

/** @returns whether a test that sees effects gives the option, or asks for it, by its name or its environment variable */
function isTested(name: string): boolean {
  const stem = name.replace(/<.*$/, '')
  const variable = variableOf(stem)
  const [after, afterVariable] = stem === name ? ['(?![a-z0-9-])', '(?![A-Z0-9_])'] : ['', '']
  return new RegExp(`(?:--|['"\`])${stem}${after}|${variable}${afterVariable}`).test(texts)
}

it('every option is in a test that sees its effect, or in the list of those without effect, with the reason', () => {
  const acting = settingAreas
    .flatMap(({ settings }) => settings)
    .filter(({ inert, cannot }) => inert !== true && cannot === undefined)
  expect(acting.length).toBeGreaterThan(150)
  expect(acting.map(({ name }) => name).filter((name) => !isTested(name))).toEqual([])
})
