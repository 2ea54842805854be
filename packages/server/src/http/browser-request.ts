import type { FastifyReply, FastifyRequest } from 'fastify'
import { cookiesOf } from './cookies.ts'
import { queryOf } from './query.ts'
import { ownFrontendUrl, type ServerUrls } from './server-urls.ts'

/** What a page needs of a request, without the framework. */
export interface BrowserRequest {
  readonly method: string
  /** Path with query, as sent. */
  readonly url: string
  /** Where the browser sees the server, without a slash at the end. */
  readonly frontendUrl: string
  /** The same for the admin console. */
  readonly adminUrl: string
  readonly cookies: ReadonlyMap<string, string>
  readonly query: URLSearchParams
  /** Empty unless a form was posted. */
  readonly form: URLSearchParams
  readonly ipAddress: string
  readonly acceptLanguage: string | undefined
  /** Lines `Name: value` of the request's head; names in lower case. */
  readonly headers: readonly string[]
  /** The request as it came: for what its connection has shown. */
  readonly raw: FastifyRequest['raw']
  /** For finding a problem in the log. */
  readonly id: string
}

/** What a browser gets. */
export interface BrowserAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Values of `Set-Cookie`. */
  readonly cookies: readonly string[]
  /** Says nothing about anybody: the browser may keep it. */
  readonly mayBeStored?: boolean
  /** HTML; absent for redirects. */
  readonly body?: string
}

/** Answers to somebody who signs in are never stored anywhere. */
const noStore = 'no-store, must-revalidate, max-age=0'

/**
 * Reads a request once, so that what answers pages does not depend on the framework.
 * @param frontendAttribute of a realm that has an address of its own (attribute `frontendUrl`)
 */
export function browserRequestOf(
  request: FastifyRequest,
  urls: ServerUrls,
  frontendAttribute: string | undefined,
): BrowserRequest {
  return {
    method: request.method,
    url: request.url,
    frontendUrl: ownFrontendUrl(frontendAttribute) ?? urls.frontend(request),
    adminUrl: urls.admin(request),
    cookies: cookiesOf(request),
    query: queryOf(request),
    form: request.body instanceof URLSearchParams ? request.body : new URLSearchParams(),
    ipAddress: urls.clientAddress(request),
    acceptLanguage: request.headers['accept-language'],
    headers: headerLines(request),
    raw: request.raw,
    id: request.id,
  }
}

/** @returns the request's head as lines `Name: value` */
export function headerLines({ headers }: Pick<FastifyRequest, 'headers'>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => `${name}: ${one}`),
  )
}

/** @returns whether a person looks at the answer, rather than a program */
export function wantsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') === true
}

/** Sends the answer; headers that it does not set get their defaults elsewhere. */
export function sendBrowserAnswer(reply: FastifyReply, answer: BrowserAnswer): FastifyReply {
  reply.code(answer.status)
  if (answer.mayBeStored !== true) reply.header('cache-control', noStore)
  for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value)
  for (const cookie of answer.cookies) reply.header('set-cookie', cookie)
  if (answer.body === undefined) return reply.send()
  if (answer.headers['content-type'] === undefined) reply.type('text/html;charset=utf-8')
  return reply.send(answer.body)
}
