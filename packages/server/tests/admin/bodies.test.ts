import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acmePassword } from '../harness/fixtures.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const megabyte = 1024 * 1024

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

/** Sends the head of a request and nothing of its body. @returns the first line of the answer */
async function answerToHead(
  method: string,
  path: string,
  bytes: number,
  token?: string,
): Promise<{ line: string; socket: Socket }> {
  const { hostname, port } = new URL(server.url)
  const socket = connect(Number(port), hostname)
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${hostname}:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${bytes}`,
    ...(token === undefined ? [] : [`Authorization: Bearer ${token}`]),
  ]
  socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  return { line: answer.toString().split('\r\n', 1)[0] ?? '', socket }
}

async function statusOfHead(...given: Parameters<typeof answerToHead>): Promise<string> {
  const { line, socket } = await answerToHead(...given)
  socket.destroy()
  return line.split(' ')[1] ?? ''
}

describe('a request is judged by its head', () => {
  it('401 without a token and with a bad one, before anything of the body is there', async () => {
    for (const [method, path] of [
      ['POST', '/admin/realms'],
      ['PUT', '/admin/realms/acme'],
      ['POST', '/admin/realms/acme/users'],
    ] as const) {
      expect(await statusOfHead(method, path, 9 * megabyte)).toBe('401')
      expect(await statusOfHead(method, path, 9 * megabyte, 'bad')).toBe('401')
    }
  })

  it('403 for who may not, before anything of the body is there', async () => {
    const credentials = { username: 'alice', password: acmePassword('alice') }
    const { token } = await AdminSession.open(server.url, 'acme', credentials)
    for (const [method, path] of [
      ['POST', '/admin/realms'],
      ['PUT', '/admin/realms/acme'],
      ['POST', '/admin/realms/acme/users'],
      ['POST', '/admin/realms/acme/clients'],
    ] as const) {
      expect(await statusOfHead(method, path, 200 * megabyte, token ?? '')).toBe('403')
    }
  })

  it('413 above ten megabytes, but for the import of a realm', async () => {
    const token = admin.token ?? ''
    expect(await statusOfHead('PUT', '/admin/realms/acme', 11 * megabyte, token)).toBe('413')
    expect(await statusOfHead('POST', '/admin/realms', 257 * megabyte, token)).toBe('413')
  })

  it('a realm of more than ten megabytes is imported', async () => {
    const body = { realm: 'large', enabled: true, users: [] }
    const rawBody = JSON.stringify(body).replace('"users"', `${' '.repeat(11 * megabyte)}"users"`)
    expect((await admin.send('/admin/realms', { method: 'POST', rawBody })).status).toBe(201)
  })
})

describe('JSON that is nested too deeply', () => {
  it.each([1_100, 50_000])('is refused at %i levels', async (depth) => {
    const rawBody = `{"clientPolicies":${'['.repeat(depth)}${']'.repeat(depth)}}`
    const answer = await admin.send('/admin/realms/acme', { method: 'PUT', rawBody })
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({
      error: 'unknown_error',
      error_description: 'Cannot parse the JSON',
    })
  })
})
