import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { createGunzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** What a collector got, by the path of the service: protobuf, in which texts stand as they are. */
const byGrpc = new Map<string, string>()
const byHttp = new Map<string, string>()
const grpcHeaders: string[] = []
const httpHeaders: string[] = []
const tracePath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export'
const metricPath = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export'
const logPath = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

function received(got: Map<string, string>, path: string, part: Buffer): void {
  got.set(path, (got.get(path) ?? '') + part.toString('latin1'))
}

/** The services of a collector, as far as an exporter can tell. */
const grpc = createServer()
grpc.on('stream', (stream, headers) => {
  const path = String(headers[':path'])
  grpcHeaders.push(`${path} ${headers['x-own']}`)
  stream.on('data', (part: Buffer) => received(byGrpc, path, part))
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
  const body =
    request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
  httpHeaders.push(`${request.url} ${request.headers['x-all']}`)
  body.on('data', (part: Buffer) => received(byHttp, request.url ?? '', part))
  body.on('end', () => response.end())
})

async function portOf(server: typeof grpc | typeof http): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

let running: TestServer

beforeAll(async () => {
  const grpcPort = await portOf(grpc)
  running = await startTestServer({
    options: [
      '--tracing-enabled=true',
      // What is said of one kind wins over what is said of all.
      '--telemetry-protocol=http/protobuf',
      ...['--tracing-protocol=grpc', '--telemetry-metrics-protocol=grpc'],
      '--telemetry-logs-protocol=grpc',
      `--tracing-endpoint=http://127.0.0.1:${grpcPort}`,
      '--tracing-service-name=holdfast-test',
      '--tracing-resource-attributes=deployment=here,team=login',
      '--tracing-header-x-own=mine',
      '--tracing-sampler-type=parentbased_always_on',
      '--features=opentelemetry-metrics,opentelemetry-logs',
      '--telemetry-metrics-enabled=true',
      `--telemetry-metrics-endpoint=http://127.0.0.1:${grpcPort}`,
      '--telemetry-metrics-header-x-own=numbers',
      '--telemetry-metrics-interval=1s',
      '--http-metrics-slos=1,60000',
      '--telemetry-logs-enabled=true',
      `--telemetry-logs-endpoint=http://127.0.0.1:${grpcPort}`,
      '--telemetry-logs-header-x-own=lines',
      '--telemetry-logs-level=warn',
      '--telemetry-resource-attributes=from=everything',
      '--log-mdc-enabled=true',
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
      () => expect(byGrpc.get(tracePath)).toContain('/realms/:realm/protocol/openid-connect/token'),
      {
        timeout: 15_000,
      },
    )
    expect(grpcHeaders).toContain(`${tracePath} mine`)
    const traces = byGrpc.get(tracePath) ?? ''
    for (const text of [
      'holdfast-test',
      'deployment',
      'login',
      'SQL SELECT',
      'hash password',
      'kc.realmName',
      'demo',
    ]) {
      expect(traces, text).toContain(text)
    }
    // The trace of who asked goes on; one that is not sampled leaves nothing.
    expect(traces).toContain(Buffer.from(traceId, 'hex').toString('latin1'))
    expect(traces.split('POST /realms/:realm/protocol/openid-connect/token')).toHaveLength(2)
  })

  it('are named in the log lines of their request', () => {
    const line = running.server.log.split('\n').find((text) => text.includes(traceId))
    expect(line).toMatch(/LOGIN_ERROR.*somebody/)
  })
})

describe('metrics and log lines', () => {
  it('go to the collector by gRPC: what /metrics shows, under its names', async () => {
    await vi.waitFor(
      () => expect(byGrpc.get(metricPath)).toContain('/realms/{realm}/protocol/{protocol}/token'),
      { timeout: 15_000 },
    )
    expect(grpcHeaders).toContain(`${metricPath} numbers`)
    const numbers = byGrpc.get(metricPath) ?? ''
    for (const text of [
      'http_server_requests_seconds',
      'agroal_active_count',
      'holdfast_sql_statements_total',
      'everything',
    ]) {
      expect(numbers, text).toContain(text)
    }
    expect(numbers).not.toContain('deployment')
  })

  it('lines go with their level, category, request and trace; those below the level do not', async () => {
    await vi.waitFor(() => expect(byGrpc.get(logPath)).toContain('LOGIN_ERROR'), {
      timeout: 15_000,
    })
    expect(grpcHeaders).toContain(`${logPath} lines`)
    const lines = byGrpc.get(logPath) ?? ''
    for (const text of ['org.keycloak.events', 'WARN', 'kc.realmName', 'everything']) {
      expect(lines, text).toContain(text)
    }
    expect(lines).toContain(Buffer.from(traceId, 'hex').toString('latin1'))
    expect(lines).not.toContain('Listening on')
  })

  it('go by HTTP too, as traces do, each to its own path', async () => {
    await using other = await startTestServer({
      options: [
        '--tracing-enabled=true',
        '--telemetry-protocol=http/protobuf',
        '--telemetry-service-name=common-name',
        '--telemetry-header-x-all=everywhere',
        '--tracing-compression=gzip',
        `--telemetry-endpoint=http://127.0.0.1:${await portOf(http)}`,
        '--tracing-jdbc-enabled=false',
        '--features=opentelemetry-metrics,opentelemetry-logs',
        '--telemetry-metrics-enabled=true',
        '--telemetry-logs-enabled=true',
      ],
    })
    await login(other.url, '01')
    await other.server.stop()
    expect(byHttp.get('/v1/traces')).toContain('/realms/:realm/protocol/openid-connect/token')
    expect(byHttp.get('/v1/traces')).not.toContain('SQL SELECT')
    // What happened since the last interval is sent at the end.
    expect(byHttp.get('/v1/metrics')).toContain('/realms/{realm}/protocol/{protocol}/token')
    expect(byHttp.get('/v1/logs')).toContain('Listening on')
    for (const path of ['/v1/traces', '/v1/metrics', '/v1/logs']) {
      expect(byHttp.get(path), path).toContain('common-name')
      expect(httpHeaders, path).toContain(`${path} everywhere`)
    }
  })

  it('are not sent without their features, which the start says', async () => {
    await using other = await startTestServer({
      options: [
        ...['--telemetry-metrics-enabled=true', '--telemetry-logs-enabled=true'],
        ...['--tracing-enabled=true', '--tracing-sampler-ratio=0'],
        `--tracing-endpoint=http://127.0.0.1:${(grpc.address() as AddressInfo).port}`,
      ],
    })
    byGrpc.delete(tracePath)
    await login(other.url, '01')
    await other.server.stop()
    // Of the server before none are on their way any more.
    expect(byGrpc.get(tracePath) ?? '', 'a share of nothing is traced').not.toContain('token')
    expect(other.server.log).toContain(
      "'--telemetry-metrics-enabled'. Available only when metrics and the feature 'opentelemetry-metrics' are enabled",
    )
    expect(other.server.log).toContain(
      "'--telemetry-logs-enabled'. Available only when the feature 'opentelemetry-logs' is enabled",
    )
  })
})
