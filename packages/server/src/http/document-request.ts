import { lookup } from 'node:dns'
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** Longest document that is read, in bytes. */
const documentBytesMax = 256 * 1024
/** How long a document may take from the first byte sent to the last one read. */
const documentTimeoutMs = 5_000
/** Documents that are fetched at the same time; more are refused, since somebody waits for each. */
const underWayMax = 50
const urlCharactersMax = 2_048

/** Link-local addresses: cloud machines answer there with their own credentials. */
const neverAsked = new BlockList()
neverAsked.addSubnet('169.254.0.0', 16, 'ipv4')
neverAsked.addSubnet('fe80::', 10, 'ipv6')
neverAsked.addSubnet('fd00:ec2::', 32, 'ipv6')

/** Reads public documents that settings point to. Follows no redirects, sends no credentials, and everything has a limit. */
export class DocumentRequests {
  #underWay = 0

  /**
   * @param url `http:` or `https:`, without user and password
   * @returns the body of an answer with status 200
   * @throws Error that says why there is none
   */
  async text(url: string): Promise<string> {
    const target = checkedUrl(url)
    if (this.#underWay >= underWayMax) throw new Error('too many documents are being fetched')
    this.#underWay += 1
    try {
      return await send(target)
    } finally {
      this.#underWay -= 1
    }
  }
}

function checkedUrl(url: string): URL {
  if (url.length > urlCharactersMax || !URL.canParse(url)) throw new Error('this is no URL')
  const target = new URL(url)
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw new Error(`documents are not fetched by ${target.protocol}`)
  }
  if (target.username !== '' || target.password !== '') {
    throw new Error('a URL with a password in it is not fetched')
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

function send(target: URL): Promise<string> {
  const options: RequestOptions = {
    method: 'GET',
    lookup: checkedLookup,
    agent: false,
    headers: { accept: 'application/json, */*;q=0.1' },
    signal: AbortSignal.timeout(documentTimeoutMs),
  }
  return new Promise((resolve, reject) => {
    const request = target.protocol === 'https:' ? httpsRequest : httpRequest
    const outgoing = request(target, options, (response) => {
      if (response.statusCode !== 200) {
        response.destroy()
        reject(new Error(`it answered with status ${response.statusCode}`))
        return
      }
      read(response).then(resolve, reject)
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > documentBytesMax) {
      response.destroy()
      throw new Error(`it is longer than ${documentBytesMax} bytes`)
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString()
}
