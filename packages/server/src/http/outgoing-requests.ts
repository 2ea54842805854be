import { lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { ConnectionOptions } from 'node:tls'

/** Longest answer that is read, in bytes. */
const documentBytesMax = 256 * 1024
/** How long a request may take from the first byte sent to the last one read. */
const requestTimeoutMs = 5_000
/** Requests under way at the same time; more are refused, since somebody waits for each. */
const underWayMaxDefault = 50
const urlCharactersMax = 2_048

/** Link-local addresses: cloud machines answer there with their own credentials. */
const neverAsked = new BlockList()
neverAsked.addSubnet('169.254.0.0', 16, 'ipv4')
neverAsked.addSubnet('fe80::', 10, 'ipv6')
neverAsked.addSubnet('fd00:ec2::', 32, 'ipv6')

export interface OutgoingRequestsDeps {
  /** Who is believed to be the server that was asked; empty = as Node.js does. */
  readonly trusted: Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>
  readonly underWayMax?: number
}

/**
 * Requests to addresses that settings name. They follow no redirects, send no credentials, go to no link-local address, and
 * everything has a limit.
 */
export class OutgoingRequests {
  readonly #trusted: OutgoingRequestsDeps['trusted']
  readonly #underWayMax: number
  #underWay = 0

  constructor({ trusted, underWayMax = underWayMaxDefault }: OutgoingRequestsDeps) {
    this.#trusted = trusted
    this.#underWayMax = underWayMax
  }

  /**
   * @param url `http:` or `https:`, without user and password
   * @returns the body of an answer with status 200
   * @throws Error that says why there is none
   */
  async text(url: string): Promise<string> {
    return await this.#bounded(url, (target) =>
      send(target, { method: 'GET', ...this.#trusted }, document),
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
      send(target, { method: 'GET', ...this.#trusted }, (response) => content(response, bytesMax)),
    )
  }

  /**
   * Posts bytes.
   * @param url as of `text`
   * @returns the bytes of an answer with status 200
   * @throws Error that says why there is none
   */
  async exchange(url: string, body: Buffer, contentType: string): Promise<Buffer> {
    const options = { method: 'POST', headers: { 'content-type': contentType }, ...this.#trusted }
    return await this.#bounded(url, (target) =>
      send(target, options, (response) => content(response), body),
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
    const options = { method: 'POST', headers, ...this.#trusted }
    return await this.#bounded(url, (target) => send(target, options, statusOf, form.toString()))
  }

  /**
   * Posts JSON, with a token that says who asks.
   * @param url as of `text`
   * @returns the status of the answer; nothing else of it is read
   * @throws Error that says why there is none
   */
  async postJson(url: string, body: unknown, bearer: string): Promise<number> {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
    const options = { method: 'POST', headers, ...this.#trusted }
    return await this.#bounded(url, (target) =>
      send(target, options, statusOf, JSON.stringify(body)),
    )
  }

  /**
   * Posts JSON and reads what comes back.
   * @param url as of `text`
   * @returns the body of an answer with status 200
   * @throws Error that says why there is none
   */
  async askJson(url: string, body: unknown): Promise<string> {
    const headers = { 'content-type': 'application/json' }
    const options = { method: 'POST', headers, ...this.#trusted }
    return await this.#bounded(url, (target) =>
      send(target, options, document, JSON.stringify(body)),
    )
  }

  async #bounded<T>(url: string, work: (target: URL) => Promise<T>): Promise<T> {
    const target = checkedUrl(url)
    if (this.#underWay >= this.#underWayMax) throw new Error('too many requests are under way')
    this.#underWay += 1
    try {
      return await work(target)
    } finally {
      this.#underWay -= 1
    }
  }
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
  const host = target.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && isNeverAsked(host)) throw new Error(`${host} is not asked`)
  return target
}

function isNeverAsked(address: string): boolean {
  return neverAsked.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Looks at the address that is connected to, so that no name leads elsewhere meanwhile. */
const checkedLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const [first] = addresses
    const refused = addresses.find(({ address }) => isNeverAsked(address))
    if (refused) return callback(new Error(`${refused.address} is not asked`), '', 0)
    if (!first) return callback(new Error(`${host} has no address`), '', 0)
    if (options.all) return callback(null, addresses)
    callback(null, first.address, first.family)
  })
}

/** @param take what to make of the answer */
function send<T>(
  target: URL,
  { headers, ...given }: RequestOptions,
  take: (response: IncomingMessage) => Promise<T>,
  body?: string | Buffer,
): Promise<T> {
  const options: RequestOptions = {
    ...given,
    lookup: checkedLookup,
    agent: false,
    headers: { accept: 'application/json, */*;q=0.1', ...(headers as Record<string, string>) },
    signal: AbortSignal.timeout(requestTimeoutMs),
  }
  return new Promise((resolve, reject) => {
    const request = target.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = request(target, options, (response) => take(response).then(resolve, reject))
    outgoing.on('error', reject)
    outgoing.end(body)
  })
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
