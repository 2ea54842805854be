import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.js'

let running: TestServer

beforeAll(async () => {
  running = await startTestServer({
    waitUntilReady: false,
    options: [
      '--workers=2',
      '--proxy-protocol-enabled=true',
      '--legacy-observability-interface=true',
      '--http-access-log-enabled=true',
      '--http-access-log-pattern=%h %U %s',
    ],
  })
  await vi.waitFor(
    async () => expect(await send(local, '/health/ready')).toMatch(/^HTTP\/1\.1 200 /),
    { timeout: 30_000, interval: 100 },
  )
})

afterAll(async () => await running[Symbol.asyncDispose]())

const local = Buffer.from('PROXY UNKNOWN\r\n')

/** Sends a header of the PROXY protocol and one request. @returns all that came back; empty = the connection was ended */
async function send(header: Buffer, path: string): Promise<string> {
  const socket = connect(Number(new URL(running.url).port), '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (part) => {
    text += part
  })
  socket.on('error', () => undefined)
  socket.write(header)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: id.test\r\nConnection: close\r\n\r\n`)
  await once(socket, 'close')
  return text
}

/** Version 2, with an IPv4 address. */
function binary(address: string, port: number): Buffer {
  const header = Buffer.alloc(28)
  Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex').copy(header)
  Buffer.from(address.split('.').map(Number)).copy(header, 16)
  header.writeUInt16BE(port, 24)
  return header
}

test('whom the proxy speaks for is the client of the request', async () => {
  const text = Buffer.from('PROXY TCP4 192.0.2.7 192.0.2.1 50000 443\r\n')
  expect(await send(text, '/realms/master')).toMatch(/^HTTP\/1\.1 200 /)
  expect(await send(binary('198.51.100.9', 1234), '/realms/demo')).toMatch(/^HTTP\/1\.1 200 /)
  await expect.poll(() => running.server.log).toContain('198.51.100.9 /realms/demo 200')
  expect(running.server.log).toContain('192.0.2.7 /realms/master 200')
})

test('nobody asks for a site where there is one', async () => {
  expect(await send(local, '/lb-check')).toMatch(/^HTTP\/1\.1 404 /)
})

test('a connection that does not come by the proxy is ended', async () => {
  expect(await send(Buffer.alloc(0), '/realms/master')).toBe('')
  expect(await send(Buffer.from('PROXY TCP4 not-an-address x 1 2\r\n'), '/realms/master')).toBe('')
})

test('health and metrics are on the main port, for all workers, and the other one is closed', async () => {
  expect(await send(local, '/health/live')).toContain('"status": "UP"')
  expect(await send(local, '/metrics')).toContain('http_server_requests_seconds_count')
  await expect(fetch(`${running.server.managementUrl}/health`)).rejects.toThrow()
})

test.each(['/realms//master', '/realms/./master', '/realms/x/%2e%2e/master', '/realms/master;a=b'])(
  'a path that may be read in two ways is refused: %s',
  async (path) => {
    const answer = await send(local, path)
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('{"error":"missingNormalization"')
  },
)
