import type { FastifyRequest } from 'fastify'

/** Where clients see this server, by the hostname settings and trusted proxy headers. No URL ends with a slash. */
export interface ServerUrls {
  /** For browsers and `iss`: `https://login.example.com` or with the relative path, `…/auth`. */
  frontend(request: FastifyRequest): string
  /** For back-channel endpoints in discovery (`hostname-backchannel-dynamic`). */
  backend(request: FastifyRequest): string
  /** For the admin console and Admin REST. */
  admin(request: FastifyRequest): string
}
