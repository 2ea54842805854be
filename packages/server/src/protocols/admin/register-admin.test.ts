import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { AdminDeps } from './admin-deps.ts'
import { adminRoutes } from './register-admin.ts'

/** Stands for everything that endpoints are made of, which none of them asks before a request comes. */
function anything(): AdminDeps {
  const target = () => undefined
  return new Proxy(target, {
    get: (_, name) => (name === Symbol.iterator ? [][Symbol.iterator] : anything()),
    apply: () => anything(),
  }) as unknown as AdminDeps
}

const { ofRealms, ofServer } = adminRoutes(anything())
const routes = [...ofRealms, ...ofServer]

it('no endpoint is there twice', () => {
  const names = ofRealms.map(({ method, path }) => `${method} ${path}`)
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
})

it('an endpoint that reads the query says what it reads', () => {
  const silent = routes
    .filter(({ query, handle }) => query === undefined && /\bquery\b/.test(handle.toString()))
    .map(({ method, path }) => `${method} ${path}`)
  expect(silent).toEqual([])
})

/** What puts the endpoints together and runs them; all others name what they need, `Pick<AdminDeps, …>`. */
const composing = [
  'admin-deps.ts',
  'register-admin.ts',
  'register-admin.test.ts',
  'serve-admin-routes.ts',
]

it('no resource is given everything that Admin REST is made of', () => {
  const greedy = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !composing.includes(file))
    .filter((file) =>
      /(?<!Pick)(?::|<)\s*AdminDeps\b(?!\[)/.test(
        readFileSync(join(import.meta.dirname, file), 'utf8'),
      ),
    )
  expect(greedy).toEqual([])
})
