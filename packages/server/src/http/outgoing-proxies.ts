import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'

/** Which hosts are asked through which proxy; the first that fits counts. */
export interface ProxyMapping {
  /** Matches all of a host's name. */
  readonly hosts: RegExp
  /** Null: the host is asked directly. */
  readonly proxy: URL | null
}

/** @returns the proxy through which a host is asked; null for none */
export function proxyOf(mappings: readonly ProxyMapping[], host: string): URL | null {
  return mappings.find(({ hosts }) => hosts.test(host))?.proxy ?? null
}

/** Headers that a proxy wants from whoever uses it. */
export function proxyHeaders({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** Where a proxy listens, as requests take it. */
export function proxyPlace({ protocol, hostname, port }: URL) {
  const usualPort = protocol === 'https:' ? 443 : 80
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? usualPort : Number(port) }
}

/**
 * A connection through a proxy (RFC 9110 §9.3.6).
 * @param target `host:port`
 * @throws Error when the proxy refuses
 */
export async function tunnel(proxy: URL, target: string, signal: AbortSignal): Promise<Socket> {
  const request = proxy.protocol === 'https:' ? httpsRequest : httpRequest
  return await new Promise((resolve, reject) => {
    const outgoing = request({
      ...proxyPlace(proxy),
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyHeaders(proxy) },
      agent: false,
      signal,
    })
    outgoing.on('error', reject)
    outgoing.on('response', ({ statusCode }) =>
      reject(new Error(`the proxy answered with status ${statusCode}`)),
    )
    outgoing.on('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Error(`the proxy answered with status ${statusCode}`))
    })
    outgoing.end()
  })
}
