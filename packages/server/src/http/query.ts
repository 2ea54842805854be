import type { FastifyRequest } from 'fastify'
import { HttpError } from './http-error.ts'

/**
 * @returns the query parameters of the request, duplicates kept (RFC 6749 §3.1: a parameter must not be sent twice).
 * @throws HttpError 400 when a value holds a NUL character, which no database column takes
 */
export function queryOf(request: FastifyRequest): URLSearchParams {
  const { url } = request
  const start = url.indexOf('?')
  return parseForm(start < 0 ? '' : url.slice(start + 1))
}

/** @returns the decoded parameters of an urlencoded text. @throws HttpError 400 on NUL characters */
export function parseForm(text: string): URLSearchParams {
  const parameters = new URLSearchParams(text)
  if (text.includes('%00') || text.includes('\0')) {
    throw new HttpError(400, {
      error: 'invalid_request',
      error_description: 'A parameter contains a character that is not allowed',
    })
  }
  return parameters
}
