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
