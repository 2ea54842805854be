import { expect, test } from 'vitest'
import { repositoryFiles } from './repository-files.ts'
import { specificationTests } from './specification-tests.ts'

test('the page of sections and their tests is current (npm run docs writes it)', () => {
  const files = repositoryFiles()
  const page = files.find(({ path }) => path === 'docs/reference/specification-tests.md')
  expect(page?.text).toBe(specificationTests(files))
})

test('every title and section of it is there', () => {
  const page = specificationTests([
    {
      path: 'packages/server/tests/oidc/a.test.ts',
      text: "describe('a', () => {\n  // RFC 1 §2, §3\n  it('holds', () => {})\n  // RFC 4 §5\n  it.each([\n    ['x, y'],\n  ])('refuses %s', () => {})\n})\n",
    },
  ])
  expect(page).toContain('| RFC 1 §2 | a: holds | `a.test.ts` |\n| RFC 1 §3 | a: holds |')
  expect(page).toContain('| RFC 4 §5 | a: refuses … | `a.test.ts` |')
})
