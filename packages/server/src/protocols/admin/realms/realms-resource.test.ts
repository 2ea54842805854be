import type { FastifyReply } from 'fastify'
import { expect, test } from 'vitest'
import { HttpError } from '../../../http/http-error.ts'
import { requireUnanswered } from './realms-resource.ts'

const reply = (headersSent: boolean) => ({ raw: { headersSent } as FastifyReply['raw'] })

test('a long change ends its transaction without effect when it was refused in the meantime', () => {
  expect(() => requireUnanswered(reply(true))).toThrow(HttpError)
  expect(() => requireUnanswered(reply(false))).not.toThrow()
})
