import { isUtf8 } from 'node:buffer'
import type { FastifyInstance } from 'fastify'
import { HttpError } from './http-error.ts'
import { isTooDeep } from './json-depth.ts'
import { parseForm } from './query.ts'

/** Largest body of any request; single routes may lower it. */
export const bodyBytesMax = 10 * 1024 * 1024
/** Largest form: a login or token request is far smaller, a SAML response may be this long. */
const formBytesMax = 1024 * 1024
const formParametersMax = 1000

/** Bodies arrive as: `URLSearchParams` for forms, parsed values for JSON, text for XML and other text, bytes otherwise. */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit: formBytesMax },
    parsedBy(formOf),
  )
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:\s*;.*)?$/i,
    { parseAs: 'buffer' },
    parsedBy(jsonOf),
  )
  app.addContentTypeParser(
    /^(?:text\/|application\/(?:jwt|(?:[\w.-]+\+)?xml|yaml))/i,
    { parseAs: 'buffer' },
    parsedBy(textOf),
  )
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    parsedBy((body) => body),
  )
}

/** A parser as the framework wants it. Called back at once: a promise per request would be waited for. */
function parsedBy(parse: (body: Buffer) => unknown) {
  return (_request: unknown, body: Buffer, done: (error: Error | null, body?: unknown) => void) => {
    let parsed: unknown
    try {
      parsed = parse(body)
    } catch (error) {
      done(error as Error)
      return
    }
    done(null, parsed)
  }
}

function formOf(body: Buffer): URLSearchParams {
  const form = parseForm(textOf(body))
  if (form.size > formParametersMax) throw badRequest('Too many parameters')
  return form
}

/** An empty JSON body is `undefined`, as if none was sent. */
function jsonOf(body: Buffer): unknown {
  if (body.length === 0) return undefined
  const text = textOf(body)
  if (isTooDeep(text)) throw unreadableJson()
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('Cannot parse the JSON')
  }
}

function unreadableJson(): HttpError {
  return new HttpError(400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' })
}

function textOf(body: Buffer): string {
  if (!isUtf8(body)) throw badRequest('The body is not valid UTF-8')
  return withoutByteOrderMark(body.toString())
}

function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function badRequest(description: string): HttpError {
  return new HttpError(400, { error: 'invalid_request', error_description: description })
}
