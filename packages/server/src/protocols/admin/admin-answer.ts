import type { FastifyReply } from 'fastify'

const jsonType = 'application/json;charset=UTF-8'

/** Sends what a handler returned: JSON, or nothing with 204; a reply that was sent already stays, and so does its type. */
export function sendResult(reply: FastifyReply, result: unknown): FastifyReply {
  if (reply.sent || result === reply) return reply
  if (result === undefined) return reply.code(204).send()
  if (!reply.hasHeader('content-type')) reply.type(jsonType)
  return reply.send(JSON.stringify(result))
}

/** Answers 201 with a Location; ids in it may hold any character. @param body sent along where Keycloak does */
export function created(reply: FastifyReply, location: string, body?: unknown): FastifyReply {
  reply.code(201).header('location', location.replace(/[^\x21-\x7e]/gu, encodeURIComponent))
  return body === undefined
    ? reply.header('content-length', '0').send()
    : reply.type(jsonType).send(JSON.stringify(body))
}
