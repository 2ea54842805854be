import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { DeclaredAnswers } from '../harness/declared-answers.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { endpointsReference, endpointsWithTests, type OpenApi } from './endpoints-reference.ts'

const tests = resolve(import.meta.dirname, '..')
let server: TestServer
let api: OpenApi & Record<string, unknown>

beforeAll(async () => {
  server = await startTestServer()
  const admin = await AdminSession.open(server.url)
  api = (await admin.send('/admin/openapi')).body as typeof api
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

it('the description is an OpenAPI document in which every operation has a name of its own', () => {
  expect(api['openapi']).toBe('3.1.0')
  const operations = Object.values(api.paths).flatMap((path) => Object.values(path))
  const names = operations.map((one) => (one as { operationId: string }).operationId)
  expect(names.length).toBeGreaterThan(300)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

it('every parameter of a path is described, and bodies have schemas', () => {
  for (const [path, operations] of Object.entries(api.paths)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    for (const operation of Object.values(operations)) {
      const { parameters } = operation as { parameters: { name: string; in: string }[] }
      const described = parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect(described).toEqual(inPath)
    }
  }
  const user = api.paths['/admin/realms/{realm}/users']?.['post'] as unknown as {
    requestBody: { content: Record<string, { schema: { properties: object } }> }
  }
  const { schema } = user.requestBody.content['application/json'] ?? {}
  expect(Object.keys(schema?.properties ?? {})).toContain('username')
})

it('what endpoints answer is described: every GET, and by names that are there', () => {
  const silent = Object.entries(api.paths).flatMap(([path, { get }]) => {
    const { responses } = (get ?? {}) as { responses?: { '2XX': { content?: object } } }
    return responses && !responses['2XX'].content ? [path] : []
  })
  expect(silent).toEqual([])
  const { schemas } = (api as unknown as { components: { schemas: Record<string, object> } })
    .components
  const named = JSON.stringify(api).matchAll(/"#\/components\/schemas\/([^"]+)"/g)
  for (const [, name = ''] of named) expect(Object.keys(schemas)).toContain(name)
  expect(Object.keys(schemas).length).toBeGreaterThan(50)
})

it('an answer that is not as its endpoint declares it fails a test', () => {
  const declared = new DeclaredAnswers(
    api as unknown as ConstructorParameters<typeof DeclaredAnswers>[0],
  )
  const answer = { method: 'GET', status: 200, contentType: 'application/json' }
  const path = '/admin/realms/demo/users/count?search=a'
  expect(() => declared.check({ ...answer, path, body: 3 })).not.toThrow()
  expect(() => declared.check({ ...answer, path, body: '3' })).toThrow('other than declared')
  const users = '/admin/realms/demo/users'
  expect(() => declared.check({ ...answer, path: users, body: [{ nickname: 'x' }] })).toThrow()
  const removed = { ...answer, method: 'DELETE', path: `${users}/x` }
  expect(() => declared.check({ ...removed, body: null })).not.toThrow()
  expect(() => declared.check({ ...removed, body: {} })).toThrow('declares no answer')
})

it('numbers in the query are checked, and what nobody declares is passed over', async () => {
  const admin = await AdminSession.open(server.url)
  const ask = async (query: string) =>
    (await admin.send(`/admin/realms/demo/roles?${query}`)).status
  expect(await ask('max=1&colour=green&first=')).toBe(200)
  for (const wrong of ['max=many', 'first=1.5', 'first=99999999999']) {
    expect(`${wrong} ${await ask(wrong)}`).toBe(`${wrong} 404`)
  }
})

it('it describes what is there: a wrong method is not', async () => {
  const anonymous = new AdminSession(server.url, null)
  for (const path of Object.keys(api.paths)) {
    const url = path.replace(/\{realm\}/g, 'master').replace(/\{\w+\}/g, 'x')
    const [method = ''] = Object.keys(api.paths[path] ?? {})
    const { status } = await anonymous.send(url, { method: method.toUpperCase() })
    expect(`${url} ${status}`).toBe(`${url} 401`)
  }
})

it('every endpoint is asked by a test', () => {
  const untested = endpointsWithTests(api, tests).filter((one) => one.tests.length === 0)
  expect(untested.map(({ method, path }) => `${method} ${path}`)).toEqual([])
})

it('docs/reference/admin-endpoints.md says what is (npm run docs writes it)', () => {
  const file = resolve(tests, '../../../docs/reference/admin-endpoints.md')
  // The last column follows every new test; the page is written anew when an endpoint comes or goes.
  const withoutTests = (page: string) => page.replace(/ [^|]*\|$/gm, '')
  expect(withoutTests(readFileSync(file, 'utf8'))).toBe(
    withoutTests(endpointsReference(api, tests)),
  )
})
