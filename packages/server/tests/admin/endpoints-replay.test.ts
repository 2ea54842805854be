import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../harness/fixtures.ts'
import { imported } from '../harness/imported.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'
import { shapeDifferences } from './shape.ts'

/** Clients that an export shows without a secret or its time get one when they are imported. */
const madeByImport = /\.(?:secret|client\.secret\.creation\.time): not recorded/

interface Recorded {
  readonly request: { readonly path: string }
  readonly status: number
  readonly body: unknown
}

const directory = resolve(import.meta.dirname, '../fixtures/admin/endpoints')
const recordings = readdirSync(directory).map((file) => file.slice(0, -'.json'.length))

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

describe('what Keycloak answered for the realm acme', () => {
  it.each(recordings)('%s', async (name) => {
    const recorded = fixture<Recorded>(`admin/endpoints/${name}`)
    const answer = await admin.send(recorded.request.path)
    expect(answer.status).toBe(recorded.status)
    const differences = shapeDifferences(imported(expected(recorded.body)), answer.body)
    expect(differences.filter((line) => !madeByImport.test(line))).toEqual([])
  })
})

/** Documents for download were recorded as text: their members count, not their line breaks. */
function expected(body: unknown): unknown {
  if (typeof body !== 'string' || !body.startsWith('{')) return body
  return JSON.parse(body.replaceAll('http://127.0.0.1:8080', server.url))
}
