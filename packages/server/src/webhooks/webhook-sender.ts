import { secretKey } from '../domains/components/webhook-settings.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { Realms } from '../domains/realms/realms.ts'
import { type Webhook, webhooksOf } from '../domains/webhooks/webhook.ts'
import type { WaitingMessage } from '../domains/webhooks/webhook-message.ts'
import type { Webhooks } from '../domains/webhooks/webhooks.ts'
import type { OutgoingRequests } from '../http/outgoing-requests.ts'
import type { Logger } from '../log/logger.ts'
import { OutboxLoop } from '../queues/outbox-loop.ts'
import { type Clock, epochSeconds } from '../shared/clock.ts'
import { webhookHeaders } from './webhook-signature.ts'

const bounds = { underWayMax: 20, ofRealmMax: 4, ofRealmPerSecondMax: 100 }
/** Attempts at one message: the last one follows the first after half a day to a day. */
const attemptsMax = 10
const firstRetryMs = 2_000
const retryGrowth = 4
const retryMsMax = 6 * 60 * 60_000
const errorCharactersMax = 200
/** The other side wants no more of it. */
const goneStatus = 410

/** What became of an attempt. */
export type WebhookOutcome = 'delivered' | 'retried' | 'dead' | 'unwanted'

export interface WebhookSenderDeps {
  readonly webhooks: Pick<Webhooks, 'claim' | 'settle' | 'putOff' | 'bury' | 'onAsked'>
  readonly realms: Pick<Realms, 'byId'>
  readonly vault: { secretOf(realm: string, value: string): Promise<string> }
  readonly requests: Pick<OutgoingRequests, 'postSigned'>
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: Logger
  readonly onOutcome: (outcome: WebhookOutcome) => void
}

/**
 * Sends what waits for webhooks, signed as Standard Webhooks asks for. An answer with status 2xx is what counts; anything else
 * is tried again, ever more rarely, until the message is given up and waits for an administrator.
 */
export class WebhookSender implements AsyncDisposable {
  readonly #deps: WebhookSenderDeps
  readonly #loop: OutboxLoop<WaitingMessage>

  constructor(deps: WebhookSenderDeps) {
    this.#deps = deps
    const { webhooks, log, clock } = deps
    this.#loop = new OutboxLoop({
      claim: (limit, busy) => webhooks.claim(limit, busy),
      send: (message) => this.#send(message),
      onUnread: (err) => log.debug({ err }, 'Messages to webhooks could not be read'),
      bounds,
      now: () => clock.now(),
    })
  }

  /** Starts to send. */
  begin(): void {
    this.#deps.webhooks.onAsked(() => this.#loop.wake())
    this.#loop.begin()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#loop[Symbol.asyncDispose]()
  }

  async #send(message: WaitingMessage): Promise<void> {
    const { realms, webhooks, log, onOutcome } = this.#deps
    try {
      const realm = await realms.byId(message.realmId)
      const webhook = realm && webhooksOf(realm).find(({ id }) => id === message.webhookId)
      if (!realm?.enabled || !webhook) {
        await webhooks.settle(message)
        onOutcome('unwanted')
        return
      }
      onOutcome(await this.#attempt(realm, webhook, message))
    } catch (error) {
      // It comes back when its lease is over.
      log.warn({ err: error }, `Message ${message.id} to a webhook waits for another attempt`)
    }
  }

  async #attempt(realm: Realm, webhook: Webhook, message: WaitingMessage): Promise<WebhookOutcome> {
    const { webhooks, log } = this.#deps
    const problem = await this.#post(realm, webhook, message)
    if (problem === null) {
      await webhooks.settle(message)
      return 'delivered'
    }
    if (message.attempts < attemptsMax && !problem.isFinal) {
      await webhooks.putOff(message, this.#delayMs(message.attempts), problem.text)
      return 'retried'
    }
    await webhooks.bury(message, problem.text)
    log.warn(`Realm ${realm.name}: message ${message.id} to a webhook is given up: ${problem.text}`)
    return 'dead'
  }

  /** @returns why it did not arrive; null when it did */
  async #post(
    realm: Realm,
    webhook: Webhook,
    { id, payload }: WaitingMessage,
  ): Promise<{ readonly text: string; readonly isFinal: boolean } | null> {
    const { requests, clock } = this.#deps
    try {
      const keys = await this.#keys(realm, webhook)
      const timestamp = epochSeconds(clock)
      const headers = webhookHeaders({ id: `msg_${id}`, timestamp, payload }, keys)
      const status = await requests.postSigned(webhook.url, payload, { ...headers })
      if (status >= 200 && status < 300) return null
      return { text: `it answered with status ${status}`, isFinal: status === goneStatus }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      return { text: text.slice(0, errorCharactersMax), isFinal: false }
    }
  }

  async #keys(realm: Realm, webhook: Webhook): Promise<Buffer[]> {
    const { vault } = this.#deps
    const keys = await Promise.all(
      webhook.secrets.map(async (secret) => secretKey(await vault.secretOf(realm.name, secret))),
    )
    const usable = keys.filter((key) => key !== null)
    if (usable.length === 0) throw new Error('its signing secret cannot be used')
    return usable
  }

  /** Between half and one and a half of what grows with the attempts. */
  #delayMs(attempts: number): number {
    const waitMs = Math.min(firstRetryMs * retryGrowth ** (attempts - 1), retryMsMax)
    return Math.round(waitMs * (0.5 + this.#deps.random()))
  }
}
