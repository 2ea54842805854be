import { lookup } from 'node:dns'
import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { request as httpsRequest } from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { traced, tracedWork } from '../telemetry/traced-work.ts'
import { AskableAddresses, type OutgoingAddresses } from './outgoing-addresses.ts'
import { type ProxyMapping, proxyHeaders, proxyOf, proxyPlace, tunnel } from './outgoing-proxies.ts'

/** Longest answer that is read, in bytes. */
const documentBytesMax = 256 * 1024
/** How long a request may take from the first byte sent to the last one read. */
const requestTimeoutMs = 5_000
/** Requests under way at the same time; more are refused, since somebody waits for each. */
const underWayMaxDefault = 50
const urlCharactersMax = 2_048

/** What the operator says of requests to addresses that settings of realms name. */
export interface OutgoingRules extends OutgoingAddresses {
  /** Who is believed to be the server that was asked; empty = as Node.js does. */
  readonly trusted: Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>
  readonly proxies: readonly ProxyMapping[]
}

/**
 * Requests to addresses that settings of realms name. They follow no redirects, send no credentials, go to no link-local
 * address and to private ones only where the operator allows it, and everything has a limit. A name is looked up once and
 * what it leads to is what is connected to; a proxy looks names up itself.
 */
export class OutgoingRequests {
  readonly #rules: OutgoingRules
  readonly #askable: AskableAddresses
  readonly #underWayMax: number
  #underWay = 0

  constructor(rules: OutgoingRules, underWayMax = underWayMaxDefault) {
    this.#rules = rules
    this.#askable = new AskableAddresses(rules)
    this.#underWayMax = underWayMax
  }

  /**
   * @param url `http:` or `https:`, without user and password
   * @param bearer token that says who asks
   * @returns the body of an answer with status 200
   * @throws Error that says why there is none
   */
  async text(url: string, bearer?: string): Promise<string> {
    const headers = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }
    return await this.#bounded(url, (target) =>
      this.#send(target, { method: 'GET', headers }, document),
    )
  }

  /**
   * @param url as of `text`
   * @param bytesMax longest answer that is read
   * @returns the bytes of an answer with status 200
   * @throws Error that says why there is none
   */
  async bytes(url: string, bytesMax: number): Promise<Buffer> {
    return await this.#bounded(url, (target) =>
      this.#send(target, { method: 'GET' }, (response) => content(response, bytesMax)),
    )
  }

  /**
   * @param url as of `text`
   * @param bytesMax longest answer that is read
   * @returns the body of an answer with status 200, and what it says of being kept
   * @throws Error that says why there is none
   */
  async document(
    url: string,
    bytesMax: number,
  ): Promise<{ readonly text: string; readonly cacheControl: string | undefined }> {
    return await this.#bounded(url, (target) =>
      this.#send(target, { method: 'GET' }, async (response) => ({
        text: (await content(response, bytesMax)).toString(),
        cacheControl: response.headers['cache-control'],
      })),
    )
  }

  /**
   * Posts bytes.
   * @param url as of `text`
   * @returns the bytes of an answer with status 200
   * @throws Error that says why there is none
   */
  async exchange(url: string, body: Buffer, contentType: string): Promise<Buffer> {
    const options = { method: 'POST', headers: { 'content-type': contentType } }
    return await this.#bounded(url, (target) =>
      this.#send(target, options, (response) => content(response), body),
    )
  }

  /**
   * Posts a form.
   * @param url as of `text`
   * @returns the status of the answer; nothing else of it is read
   * @throws Error that says why there is none
   */
  async post(url: string, form: URLSearchParams): Promise<number> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const options = { method: 'POST', headers }
    return await this.#bounded(url, (target) =>
      this.#send(target, options, statusOf, form.toString()),
    )
  }

  /**
   * Posts JSON, with a token that says who asks.
   * @param url as of `text`
   * @returns the status of the answer; nothing else of it is read
   * @throws Error that says why there is none
   */
  async postJson(url: string, body: unknown, bearer: string): Promise<number> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
    const options = { method: 'POST', headers }
    return await this.#bounded(url, (target) =>
      this.#send(target, options, statusOf, JSON.stringify(body)),
    )
  }

  /**
   * Posts JSON that is written already.
   * @param url as of `text`
   * @param headers that say who sends it
   * @returns the status of the answer; nothing else of it is read
   * @throws Error that says why there is none
   */
  async postSigned(
    url: string,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<number> {
    const options = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
    }
    return await this.#bounded(url, (target) => this.#send(target, options, statusOf, body))
  }

  /**
   * Posts JSON and reads what comes back.
   * @param url as of `text`
   * @returns the body of an answer with status 200
   * @throws Error that says why there is none
   */
  async askJson(url: string, body: unknown): Promise<string> {
    const headers = { 'content-type': 'application/json' }
    const options = { method: 'POST', headers }
    return await this.#bounded(url, (target) =>
      this.#send(target, options, document, JSON.stringify(body)),
    )
  }

  async #bounded<T>(url: string, work: (target: URL) => Promise<T>): Promise<T> {
    const target = this.#checked(url)
    if (this.#underWay >= this.#underWayMax) throw new Error('too many requests are under way')
    this.#underWay += 1
    try {
      return await work(target)
    } finally {
      this.#underWay -= 1
    }
  }

  #checked(url: string): URL {
    const target = checkedUrl(url)
    const host = hostOf(target)
    const refusal = isIP(host) === 0 ? undefined : this.#askable.refusal(host)
    if (refusal !== undefined) throw new Error(refusal)
    return target
  }

  /** @param take what to make of the answer */
  async #send<T>(
    target: URL,
    options: RequestOptions,
    take: (response: IncomingMessage) => Promise<T>,
    body?: string | Buffer,
  ): Promise<T> {
    const describe = () => ({ name: target.host, attributes: { 'server.address': target.host } })
    return await traced(tracedWork.outgoing, describe, (told) => {
      const headers = { ...(options.headers as Record<string, string>), ...told }
      return this.#deliver(target, { ...options, headers }, take, body)
    })
  }

  async #deliver<T>(
    target: URL,
    { headers, ...given }: RequestOptions,
    take: (response: IncomingMessage) => Promise<T>,
    body?: string | Buffer,
  ): Promise<T> {
    const signal = AbortSignal.timeout(requestTimeoutMs)
    const options: RequestOptions = {
      ...given,
      agent: false,
      headers: { accept: 'application/json, */*;q=0.1', ...(headers as Record<string, string>) },
      signal,
    }
    const proxy = proxyOf(this.#rules.proxies, hostOf(target))
    const outgoing =
      proxy === null
        ? direct(target, { ...options, ...this.#rules.trusted, lookup: this.#lookup })
        : await this.#through(proxy, target, options, signal)
    return await new Promise((resolve, reject) => {
      outgoing.on('response', (response) => take(response).then(resolve, reject))
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  async #through(proxy: URL, target: URL, options: RequestOptions, signal: AbortSignal) {
    if (target.protocol === 'http:') {
      const headers = { ...options.headers, host: target.host, ...proxyHeaders(proxy) }
      const place = { ...options, ...proxyPlace(proxy), path: target.href, headers }
      return proxy.protocol === 'https:' ? httpsRequest(place) : httpRequest(place)
    }
    const host = hostOf(target)
    const port = target.port === '' ? '443' : target.port
    const socket = await tunnel(proxy, `${target.hostname}:${port}`, signal)
    const servername = isIP(host) === 0 ? { servername: host } : {}
    const createConnection = () =>
      connectTls({ ...this.#rules.trusted, ...servername, host, socket })
    return httpsRequest(target, { ...options, createConnection })
  }

  /** Looks at the addresses that are connected to, so that no name leads elsewhere meanwhile. */
  readonly #lookup: LookupFunction = (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      const [first] = addresses
      for (const { address } of addresses) {
        const refusal = this.#askable.refusal(address)
        if (refusal !== undefined) return callback(new Error(refusal), '', 0)
      }
      if (!first) return callback(new Error(`${host} has no address`), '', 0)
      if (options.all) return callback(null, addresses)
      callback(null, first.address, first.family)
    })
  }
}

function direct(target: URL, options: RequestOptions): ClientRequest {
  return target.protocol === 'https:' ? httpsRequest(target, options) : httpRequest(target, options)
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}

function checkedUrl(url: string): URL {
  if (url.length > urlCharactersMax || !URL.canParse(url)) throw new Error('this is no URL')
  const target = new URL(url)
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw new Error(`nothing is asked by ${target.protocol}`)
  }
  if (target.username !== '' || target.password !== '') {
    throw new Error('a URL with a password in it is not asked')
  }
  return target
}

async function statusOf(response: IncomingMessage): Promise<number> {
  response.destroy()
  return response.statusCode ?? 0
}

async function document(response: IncomingMessage): Promise<string> {
  return (await content(response)).toString()
}

async function content(
  response: IncomingMessage,
  bytesMax: number = documentBytesMax,
): Promise<Buffer> {
  if (response.statusCode === 200) return await read(response, bytesMax)
  response.destroy()
  throw new Error(`it answered with status ${response.statusCode}`)
}

async function read(response: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > bytesMax) {
      response.destroy()
      throw new Error(`it is longer than ${bytesMax} bytes`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts)
}
