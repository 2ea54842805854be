import { z } from 'zod'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf, partly, string, whole } from '../representations/answer.ts'

type Deps = Pick<AdminDeps, 'webhooks'>

const messagesMax = 100
const path = '/webhook-messages'

const messageAnswer = partly('WebhookMessageRepresentation', {
  id: string,
  webhookId: string,
  type: string,
  state: z.enum(['waiting', 'dead']),
  createdAt: whole,
  attempts: whole,
  nextAttemptAt: whole,
  diedAt: whole,
  lastError: string,
})
const resentAnswer = partly('WebhookResendRepresentation', { count: whole })

/** `/webhook-messages`: what waits for the realm's webhooks, and what was given up. Keycloak has no such thing. */
export function registerWebhookMessages(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: anyOf(['view-events', 'manage-events']),
    query: { ...paged, state: 'text' },
    answer: listOf(messageAnswer),
    handle: async ({ realm, query }) => {
      const state = query.text('state') ?? 'dead'
      if (state !== 'dead' && state !== 'waiting') throw badRequest('Unknown state')
      const max = Math.min(Math.max(query.max() ?? messagesMax, 0), messagesMax)
      return await deps.webhooks.list(realm.id, state, { first: query.first, max })
    },
  })
  routes.add({
    method: 'POST',
    path: `${path}/resend`,
    may: anyOf(['manage-events']),
    answer: resentAnswer,
    handle: async ({ realm }) => ({ count: await deps.webhooks.revive(realm.id, null) }),
  })
  routes.add({
    method: 'POST',
    path: `${path}/:messageId/resend`,
    may: anyOf(['manage-events']),
    handle: async ({ realm, params }) => {
      const revived = await deps.webhooks.revive(realm.id, params['messageId'] ?? '')
      if (revived === 0) throw notFound('Message not found')
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:messageId`,
    may: anyOf(['manage-events']),
    handle: async ({ realm, params }) => {
      const removed = await deps.webhooks.remove(realm.id, params['messageId'] ?? '')
      if (!removed) throw notFound('Message not found')
    },
  })
}
