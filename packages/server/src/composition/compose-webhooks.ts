import { Counter } from 'prom-client'
import type { Realms } from '../domains/realms/realms.ts'
import { Webhooks } from '../domains/webhooks/webhooks.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import { WebhookSender } from '../webhooks/webhook-sender.ts'
import type { Foundation } from './foundation.ts'

export interface WebhookParts {
  readonly webhooks: Webhooks
  /** Sends nothing before `begin()`. */
  readonly webhookSender: WebhookSender
}

/** Everything about webhooks: what waits, and what sends it. */
export function composeWebhooks(
  { database, clock, loggers, metrics, settings, vault }: Foundation,
  realms: Realms,
  running: DisposalStack,
): WebhookParts {
  const log = loggers.of('org.keycloak.events')
  const messages = new Counter({
    name: 'holdfast_webhook_messages_total',
    help: 'Attempts to deliver messages to webhooks, by what became of them',
    labelNames: ['outcome'],
    registers: [metrics],
  })
  const webhooks = running.use(
    new Webhooks({
      database,
      realms,
      onDropped: (count) => {
        messages.inc({ outcome: 'dropped' }, count)
        log.warn(`${count} messages to webhooks were dropped: too many wait`)
      },
      onUnwritten: (err, waiting) =>
        log.debug({ err }, `${waiting} events wait to be written for webhooks`),
    }),
  )
  const webhookSender = running.use(
    new WebhookSender({
      webhooks,
      realms,
      vault,
      requests: new OutgoingRequests(settings.outgoing),
      clock,
      random: Math.random,
      log,
      onOutcome: (outcome) => messages.inc({ outcome }),
    }),
  )
  return { webhooks, webhookSender }
}
