import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { HttpError } from '../../../http/http-error.ts'
import { protectionError } from './protection-call.ts'

/**
 * Reads a JSON body.
 * @param name Keycloak's name of the representation, for messages
 * @throws OAuthError 400 as Keycloak for unknown members and wrong types
 */
export function protectionBody<S extends z.ZodType>(
  { body }: FastifyRequest,
  name: string,
  schema: S,
): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const unknown = parsed.error.issues.find(({ code }) => code === 'unrecognized_keys')
  const member = unknown?.code === 'unrecognized_keys' ? unknown.keys[0] : undefined
  if (member === undefined) {
    throw protectionError(400, 'unknown_error', 'Cannot parse the JSON')
  }
  const unrecognized = `Unrecognized field "${member.slice(0, 100)}".`
  throw new HttpError(400, { error: `Invalid json representation for ${name}. ${unrecognized}` })
}
