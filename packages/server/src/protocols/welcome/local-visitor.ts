import type { FastifyRequest } from 'fastify'

/** Headers by which a proxy tells that the visitor is not the peer; one is enough for "not local". */
const proxyHeaders = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/**
 * @returns whether the visitor's browser runs on this machine: the peer is a loopback address, no proxy stands between,
 * and the browser asked for a loopback name (a foreign name that resolves to 127.0.0.1 is DNS rebinding)
 */
export function isLocalVisitor(request: FastifyRequest): boolean {
  const address = request.socket.remoteAddress ?? ''
  if (!/^(?:::ffff:)?127\.\d+\.\d+\.\d+$|^::1$/.test(address)) return false
  if (proxyHeaders.some((name) => request.headers[name] !== undefined)) return false
  const name = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase()
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name)
}
