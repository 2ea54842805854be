import http from 'node:http'
import https from 'node:https'

/** One HTTP request as the tests send it; nothing is added beyond what HTTP/1.1 needs. */
export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** Milliseconds until the exchange is given up; half a minute when left out. */
  readonly timeoutMs?: number
}

/** The answer, complete, with repeated headers kept apart. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  /** Set-Cookie lines in order. */
  readonly setCookies: readonly string[]
  readonly body: string
  readonly bytes: Buffer
}

/** Sends a request somewhere: directly, through a round robin, or to a server behind a made-up proxy. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>

/** Default bound of one exchange. */
const exchangeTimeoutMs = 30_000

/** A transport with its own keep-alive connections; `send` never follows redirects. */
export class HttpClient implements Disposable {
  readonly #plain: http.Agent
  readonly #tls: https.Agent

  /** @param certificate that the client shows in handshakes, with its key, in PEM */
  constructor(
    connectionsMax = 64,
    certificate: { readonly cert?: string; readonly key?: string } = {},
  ) {
    this.#plain = new http.Agent({ keepAlive: true, maxSockets: connectionsMax })
    this.#tls = new https.Agent({
      keepAlive: true,
      maxSockets: connectionsMax,
      rejectUnauthorized: false,
      ...certificate,
    })
  }

  /**
   * @param request what to send
   * @param destination origin to connect to when it differs from the URL's (the Host header stays that of the URL)
   * @throws the socket's error, or one that names the timeout
   */
  send(request: HttpRequest, destination?: URL): Promise<HttpAnswer> {
    const url = new URL(request.url)
    const target = destination ?? url
    const secure = target.protocol === 'https:'
    const options: http.RequestOptions = {
      agent: secure ? this.#tls : this.#plain,
      host: target.hostname.replace(/^\[|\]$/g, ''),
      port: target.port === '' ? (secure ? 443 : 80) : target.port,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: { host: url.host, ...lengthOf(request), ...request.headers },
    }
    return exchange(secure, options, request)
  }

  [Symbol.dispose](): void {
    this.#plain.destroy()
    this.#tls.destroy()
  }
}

function lengthOf(request: HttpRequest): Record<string, string> {
  if (request.body === undefined) return request.method === 'GET' ? {} : { 'content-length': '0' }
  return { 'content-length': String(Buffer.byteLength(request.body)) }
}

function exchange(
  secure: boolean,
  options: http.RequestOptions,
  request: HttpRequest,
): Promise<HttpAnswer> {
  const timeoutMs = request.timeoutMs ?? exchangeTimeoutMs
  return new Promise((resolve, reject) => {
    const outgoing = (secure ? https : http).request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', fail)
      response.on('end', () => {
        clearTimeout(timer)
        if (!response.complete) return fail(new Error('answer was cut'))
        resolve(answerOf(response, Buffer.concat(chunks)))
      })
    })
    const timer = setTimeout(() => {
      fail(new Error(`no answer within ${timeoutMs} ms: ${options.method} ${options.path}`))
    }, timeoutMs)
    function fail(error: Error): void {
      clearTimeout(timer)
      outgoing.destroy()
      reject(error)
    }
    outgoing.on('error', fail)
    outgoing.end(request.body)
  })
}

function answerOf(response: http.IncomingMessage, bytes: Buffer): HttpAnswer {
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    setCookies: response.headers['set-cookie'] ?? [],
    body: bytes.toString('utf8'),
    bytes,
  }
}

/** A form body and its content type, for {@link HttpRequest}. Repeated names are given as pairs. */
export function formBody(
  fields: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
): { body: string; headers: Record<string, string> } {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields)
  return {
    body: new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }
}
