import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** What a collector got: protobuf, in which texts stand as they are. */
let byGrpc = ''
let byHttp = ''
const grpcHeaders: string[] = []

/** The service `opentelemetry.proto.collector.trace.v1.TraceService`, as far as an exporter can tell. */
const grpc = createServer()
grpc.on('stream', (stream, headers) => {
  grpcHeaders.push(`${headers[':path']} ${headers['x-own']}`)
  stream.on('data', (part: Buffer) => {
    byGrpc += part.toString('latin1')
  })
  stream.on('end', () => {
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(Buffer.from([0, 0, 0, 0, 0]))
  })
})
const http = createHttpServer((request, response) => {
  request.on('data', (part: Buffer) => {
    byHttp += `${request.url} ${part.toString('latin1')}`
  })
  request.on('end', () => response.end())
})

async function portOf(server: typeof grpc | typeof http): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

let running: TestServer

beforeAll(async () => {
  running = await startTestServer({
    options: [
      '--tracing-enabled=true',
      `--tracing-endpoint=http://127.0.0.1:${await portOf(grpc)}`,
      '--tracing-service-name=holdfast-test',
      '--tracing-resource-attributes=deployment=here,team=login',
      '--tracing-header-x-own=mine',
      '--tracing-sampler-type=parentbased_always_on',
    ],
  })
})

afterAll(async () => {
  await running[Symbol.asyncDispose]()
  grpc.close()
  http.close()
})

const traceId = '0af7651916cd43dd8448eb211c80319c'

async function login(url: string, flags: string): Promise<void> {
  await fetch(`${url}/realms/demo/protocol/openid-connect/token`, {
    method: 'POST',
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-${flags}` },
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: `somebody-${flags}`,
      password: 'wrong',
    }),
  })
}

describe('traces', () => {
  it('go to the collector by gRPC, with the request, its statements, and the names that were given', async () => {
    await login(running.url, '00')
    await login(running.url, '01')
    await vi.waitFor(
      () => expect(byGrpc).toContain('/realms/:realm/protocol/openid-connect/token'),
      {
        timeout: 15_000,
      },
    )
    expect(grpcHeaders[0]).toBe('/opentelemetry.proto.collector.trace.v1.TraceService/Export mine')
    for (const text of [
      'holdfast-test',
      'deployment',
      'login',
      'SQL SELECT',
      'hash password',
      'kc.realmName',
      'demo',
    ]) {
      expect(byGrpc, text).toContain(text)
    }
    // The trace of who asked goes on; one that is not sampled leaves nothing.
    expect(byGrpc).toContain(Buffer.from(traceId, 'hex').toString('latin1'))
    expect(byGrpc.split('POST /realms/:realm/protocol/openid-connect/token')).toHaveLength(2)
  })

  it('are named in the log lines of their request', () => {
    const line = running.server.log
      .split('\n')
      .find((text) => text.includes('LOGIN_ERROR') && text.includes('sampled=true'))
    expect(line).toContain(`traceId=${traceId}, parentId=, spanId=`)
  })

  it('go by HTTP too', async () => {
    await using other = await startTestServer({
      options: [
        '--tracing-enabled=true',
        '--tracing-protocol=http/protobuf',
        `--telemetry-endpoint=http://127.0.0.1:${await portOf(http)}`,
        '--tracing-jdbc-enabled=false',
      ],
    })
    await login(other.url, '01')
    await other.server.stop()
    expect(byHttp).toMatch(/^\/v1\/traces /)
    expect(byHttp).toContain('/realms/:realm/protocol/openid-connect/token')
    expect(byHttp).not.toContain('SQL SELECT')
  })
})
