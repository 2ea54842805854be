import type { FastifyReply, FastifyRequest } from 'fastify'
import { DatabaseError, DatabaseUnavailable, isRepeatable } from '../database/database-error.ts'
import type { Logger } from '../log/logger.ts'
import { HttpError } from './http-error.ts'

/** What a client that met an unavailable database should wait, in seconds. */
const retryAfterSeconds = 2

/** Names of errors of other layers that mean "not now": they carry no import of their packages into this one. */
const unavailableNames = new Set(['StaleCache', 'HashingQueueFull', 'RemoteStoreUnavailable'])

/** Those of them that have lines of their own in the log. */
const outageNames = new Set(['StaleCache', 'RemoteStoreUnavailable'])

const unknownError = {
  error: 'unknown_error',
  error_description: 'For more on this error consult the server log.',
}

/** Told of requests that were refused because of the database, so that not every one of them is a line in the log. */
export interface RefusalCount {
  refusedRequest(): void
}

/** The one place where a thrown error becomes an answer. */
export function createErrorHandler(
  logger: Logger,
  outage?: RefusalCount,
): (error: unknown, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    const answer = answerFor(error)
    if (isOutage(error)) outage?.refusedRequest()
    if (answer.status >= 500) logFailure(logger, error, request, answer.status)
    reply.code(answer.status).headers(answer.headers)
    if (answer.body === undefined) reply.send()
    else reply.type('application/json').send(JSON.stringify(answer.body))
  }
}

function logFailure(logger: Logger, error: unknown, request: FastifyRequest, status: number): void {
  if (status === 503) {
    const line = `Request ${request.id} refused for now: ${describe(error)}`
    // The outage itself has its lines; one for each request would fill the disk.
    if (isOutage(error)) logger.debug(line)
    else logger.warn(line)
  } else if (!(error instanceof HttpError)) {
    logger.error(
      { err: error },
      `Uncaught server error: ${describe(error)} (request ${request.id})`,
    )
  }
}

/** A copy is stale when the database has not confirmed it for a while. */
function isOutage(error: unknown): boolean {
  return error instanceof DatabaseUnavailable || outageNames.has((error as Error)?.name)
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}

/** @returns the answer that stands for an error */
export function answerFor(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (error instanceof DatabaseUnavailable || unavailableNames.has((error as Error)?.name)) {
    return unavailable()
  }
  // Taken back again and again, for what others did at the same time: nothing was done, and nobody is at fault.
  if (isRepeatable(error)) return unavailable()
  // The client cut the connection while it was sending: nobody reads the answer, and nothing failed here.
  if (isCutOff(error)) return new HttpError(400, { error: 'HTTP 400 Bad Request' })
  // SQLSTATE class 22: the given data fits no column (NUL characters, numbers out of range); the request is at fault.
  if (error instanceof DatabaseError && error.code.startsWith('22')) {
    return new HttpError(400, {
      error: 'invalid_request',
      error_description: 'A value is not valid',
    })
  }
  return answerForFramework(error) ?? new HttpError(500, unknownError)
}

function isCutOff(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown }
  return code === 'ECONNRESET' && message === 'aborted'
}

function unavailable(): HttpError {
  return new HttpError(
    503,
    {
      error: 'temporarily_unavailable',
      error_description: 'The service is temporarily unavailable. Try again.',
    },
    { 'retry-after': String(retryAfterSeconds) },
  )
}

/** Errors of the HTTP framework itself: bodies too large, wrong media types, malformed input. */
function answerForFramework(error: unknown): HttpError | undefined {
  const { statusCode, code } = (error ?? {}) as { statusCode?: number; code?: string }
  if (typeof code !== 'string' || !code.startsWith('FST_')) return undefined
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new HttpError(415, {
      error: 'The content-type header value did not match the value in @Consumes',
    })
  }
  if (statusCode === 413) return new HttpError(413, { error: 'HTTP 413 Request Entity Too Large' })
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HttpError(statusCode, { error: 'HTTP 400 Bad Request' })
  }
  return undefined
}
