import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import type { ProxySettings } from './http-settings.ts'

/** What a trusted proxy says about the request that it forwards. */
export interface ForwardedRequest {
  readonly clientAddress?: string
  readonly proto?: string
  readonly host?: string
  readonly port?: string
  readonly prefix?: string
}

/** Reads forwarding headers as the settings allow. */
export class ForwardingHeaders {
  readonly #settings: ProxySettings
  readonly #trusted: BlockList | undefined

  constructor(settings: ProxySettings) {
    this.#settings = settings
    this.#trusted =
      settings.trustedAddresses === undefined ? undefined : listOf(settings.trustedAddresses)
  }

  /** @returns what the proxy said; empty when headers are not configured or the peer is not trusted */
  read(request: IncomingMessage): ForwardedRequest {
    if (this.#settings.headers === undefined || !this.isTrusted(request)) {
      return {}
    }
    return this.#settings.headers === 'forwarded'
      ? readForwarded(headerText(request, 'forwarded'))
      : readXForwarded(request)
  }

  /** Whether headers of the peer are believed that only a proxy may set. */
  isTrusted({ socket: { remoteAddress: address } }: IncomingMessage): boolean {
    if (this.#trusted === undefined) return true
    if (address === undefined) return false
    const plain = plainAddress(address)
    return this.#trusted.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4')
  }
}

/** @returns an address without the IPv4-in-IPv6 prefix of dual-stack sockets */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address
}

function listOf(addresses: readonly string[]): BlockList {
  const list = new BlockList()
  for (const entry of addresses) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function headerText(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : (value ?? '')
}

/** The first of a comma separated list: what the proxy nearest to the client said. */
function firstOf(request: IncomingMessage, name: string): string | undefined {
  const first = headerText(request, name).split(',')[0]?.trim()
  return first === '' ? undefined : first
}

function present(parts: Record<keyof ForwardedRequest, string | undefined>): ForwardedRequest {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

function readXForwarded(request: IncomingMessage): ForwardedRequest {
  const address = firstOf(request, 'x-forwarded-for')
  return present({
    clientAddress: address === undefined ? undefined : addressOf(address),
    proto: firstOf(request, 'x-forwarded-proto'),
    host: firstOf(request, 'x-forwarded-host'),
    port: firstOf(request, 'x-forwarded-port'),
    prefix: firstOf(request, 'x-forwarded-prefix'),
  })
}

/** `Forwarded: for=192.0.2.60;proto=https;host=id.example` (RFC 7239 §4). */
function readForwarded(header: string): ForwardedRequest {
  const pairs = new Map<string, string>()
  for (const pair of (header.split(',')[0] ?? '').split(';')) {
    const equals = pair.indexOf('=')
    if (equals < 0) continue
    const value = pair
      .slice(equals + 1)
      .trim()
      .replace(/^"|"$/g, '')
    pairs.set(pair.slice(0, equals).trim().toLowerCase(), value)
  }
  const address = pairs.get('for')
  return present({
    clientAddress: address === undefined ? undefined : addressOf(address),
    proto: pairs.get('proto'),
    host: pairs.get('host'),
    port: undefined,
    prefix: undefined,
  })
}

/** The address of a node (RFC 7239 §6): brackets and port are dropped; a hidden name (`unknown`, `_x`) is no address. */
function addressOf(node: string): string | undefined {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(node)
  const bare = bracketed?.[1] ?? (isIP(node) === 6 ? node : node.replace(/:\d+$/, ''))
  return isIP(bare) === 0 ? undefined : bare
}
