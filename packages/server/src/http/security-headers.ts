import type { FastifyReply } from 'fastify'

/** What Keycloak sends with every answer of its own resources. */
const everywhere = {
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'none',
}
const framing = 'SAMEORIGIN'
/** What `addSecurityHeaders` adds to JSON. */
export const jsonSecurityHeaders = { ...everywhere, 'x-frame-options': framing }
const everywhereEntries = Object.entries(everywhere)
const contentSecurityPolicy = "frame-src 'self'; frame-ancestors 'self'; object-src 'none';"

/**
 * Adds the default security headers to an answer; what an endpoint has set itself (from its realm's settings) stays.
 * JSON gets `X-Frame-Options`, HTML also a `Content-Security-Policy`. An answer without a body is taken for what was sent: it
 * gets what JSON gets when JSON was sent, what HTML gets after a posted form, and neither otherwise.
 */
export function addSecurityHeaders(reply: FastifyReply): void {
  for (const [name, value] of everywhereEntries) addUnlessSet(reply, name, value)
  const answered = String(reply.getHeader('content-type') ?? '')
  const type = answered === '' ? String(reply.request.headers['content-type'] ?? '') : answered
  const html = type.startsWith('text/html') || type.startsWith('application/x-www-form-urlencoded')
  if (!html && !type.includes('json')) return
  if (html && isMadeForFrames(reply)) return
  addUnlessSet(reply, 'x-frame-options', framing)
  if (html) addUnlessSet(reply, 'content-security-policy', contentSecurityPolicy)
}

/** A page whose policy leaves out who may frame it is meant to stand in a frame of any application. */
function isMadeForFrames(reply: FastifyReply): boolean {
  const policy = reply.getHeader('content-security-policy')
  return typeof policy === 'string' && !policy.includes('frame-ancestors')
}

function addUnlessSet(reply: FastifyReply, name: string, value: string): void {
  if (!reply.hasHeader(name)) reply.header(name, value)
}
