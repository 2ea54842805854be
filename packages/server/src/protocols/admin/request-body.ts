import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodType } from 'zod'
import { HttpError } from '../../http/http-error.ts'
import { isTooDeep } from '../../http/json-depth.ts'
import { badRequest } from './admin-error.ts'

const jsonTypes = /^application\/(?:[\w.-]+\+)?json(?:\s*;.*)?$/i

/** A JSON body as text: error messages name the column of what they do not know. */
export class JsonText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Makes JSON bodies arrive as text in this scope. */
export function keepJsonText(scope: FastifyInstance): void {
  if (scope.hasContentTypeParser(jsonTypes)) scope.removeContentTypeParser(jsonTypes)
  scope.addContentTypeParser(
    jsonTypes,
    { parseAs: 'buffer' },
    async (_request: unknown, body: Buffer) => new JsonText(utf8(body)),
  )
}

function utf8(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw badRequest('invalid_request', 'Cannot parse the JSON')
  }
}

/** What a route's body is: its schema, and Keycloak's name for it in error messages. */
export interface BodyShape<T> {
  readonly name: string
  readonly schema: ZodType<T>
  /** Keycloak's names of what lies in the body, by the member that holds it. */
  readonly nested?: Readonly<Record<string, string>>
}

/**
 * Reads the JSON body of a request.
 * @returns undefined when there is no body
 * @throws HttpError 415 for other media types; 400 as Keycloak for malformed JSON, unknown members and wrong types
 */
export function jsonBody<T>(request: FastifyRequest, shape: BodyShape<T>): T | undefined {
  const { body } = request
  if (body === undefined || body === null) return undefined
  if (!(body instanceof JsonText)) {
    throw new HttpError(415, {
      error: 'The content-type header value did not match the value in @Consumes',
    })
  }
  if (body.text.trim() === '') return undefined
  return checked(body.text, shape)
}

/** Parses and checks a JSON text. @throws HttpError as `jsonBody` */
export function checked<T>(text: string, { name, schema, nested }: BodyShape<T>): T {
  if (isTooDeep(text)) throw badRequest('unknown_error', 'Cannot parse the JSON')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw badRequest('invalid_request', 'Cannot parse the JSON')
  }
  if (text.includes('\\u0000') || hasHalfCharacter(text))
    throw badRequest('unknown_error', 'Cannot parse the JSON')
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const unknown = unrecognizedMember(result.error.issues)
  if (unknown === undefined) throw badRequest('unknown_error', 'Cannot parse the JSON')
  const { line, column } = positionBehind(text, unknown.member)
  const where = nested?.[unknown.path] ?? name
  throw badRequest(
    `Invalid json representation for ${where}. Unrecognized field "${unknown.member}" at line ${line} column ${column}.`,
  )
}

/** Half of a surrogate pair stands for no character: neither an address nor the database can hold it. */
function hasHalfCharacter(text: string): boolean {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return false
  let found = false
  JSON.parse(text, (key, value: unknown) => {
    found ||=
      /\p{Surrogate}/u.test(key) || (typeof value === 'string' && /\p{Surrogate}/u.test(value))
    return value
  })
  return found
}

function unrecognizedMember(
  issues: readonly { code?: string; keys?: readonly string[]; path: readonly PropertyKey[] }[],
) {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys')
  const member = issue?.keys?.[0]
  return member === undefined ? undefined : { member, path: String(issue?.path[0] ?? '') }
}

/** Keycloak's parser has read the value of the unknown member when it notices. Lines and columns count from 1. */
function positionBehind(text: string, member: string): { line: number; column: number } {
  const key = JSON.stringify(member).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const match = new RegExp(`${key}\\s*:\\s*("(?:[^"\\\\]|\\\\.)*"|[^\\s,}\\]]+)`).exec(text)
  const behind = match ? match.index + match[0].length : text.length
  const lines = text.slice(0, behind).split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}
