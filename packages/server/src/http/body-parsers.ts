import type { FastifyInstance } from 'fastify'
import { HttpError } from './http-error.ts'
import { parseForm } from './query.ts'

/** Largest body of any request; single routes may lower it. */
export const bodyBytesMax = 10 * 1024 * 1024
/** Largest form: a login or token request is far smaller, a SAML response may be this long. */
const formBytesMax = 1024 * 1024
const formParametersMax = 1000

const strictUtf8 = new TextDecoder('utf-8', { fatal: true })

/** Bodies arrive as: `URLSearchParams` for forms, parsed values for JSON, text for XML and other text, bytes otherwise. */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'buffer', bodyLimit: formBytesMax },
    async (_request: unknown, body: Buffer) => formOf(body),
  )
  app.addContentTypeParser(
    /^application\/(?:[\w.-]+\+)?json(?:\s*;.*)?$/i,
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => jsonOf(body),
  )
  app.addContentTypeParser(
    /^(?:text\/|application\/(?:jwt|(?:[\w.-]+\+)?xml|yaml))/i,
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => textOf(body),
  )
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => body,
  )
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
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError(400, { error: 'unknown_error', error_description: 'Cannot parse the JSON' })
  }
}

function textOf(body: Buffer): string {
  try {
    return strictUtf8.decode(body)
  } catch {
    throw badRequest('The body is not valid UTF-8')
  }
}

function badRequest(description: string): HttpError {
  return new HttpError(400, { error: 'invalid_request', error_description: description })
}
