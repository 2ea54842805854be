import { expect, it } from 'vitest'
import { errorCatalogue } from './error-catalogue.ts'

const rowsOf = (text: string) =>
  errorCatalogue([{ path: 'packages/server/src/a.ts', text }])
    .split('\n')
    .filter((line) => line.includes('`a.ts`'))

it.each([
  [
    "if (!user.enabled) throw new OAuthError(400, 'invalid_grant', 'User disabled', {})",
    '| 400 | invalid_grant | User disabled | `!user.enabled` | `a.ts` |',
  ],
  [
    'throw new HttpError(404, { error: `No realm ${name(x)}`, error_description })',
    '| 404 | No realm … | … |  | `a.ts` |',
  ],
  [
    "throw refused(409, 'It is (already), there')",
    '| 409 |  | It is (already), there |  | `a.ts` |',
  ],
  ["throw new ModelError('missing', \"It's gone\")", "| 404 |  | It's gone |  | `a.ts` |"],
  ['return notFound()', '| 404 | HTTP 404 Not Found |  |  | `a.ts` |'],
])('%s', (code, row) => {
  expect(rowsOf(code)).toEqual([row])
})

it('what is no refusal is none', () => {
  expect(rowsOf("const refused = (text: string) => text\nimport { notFound } from 'x'")).toEqual([])
})
