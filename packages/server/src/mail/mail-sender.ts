import type { Events } from '../domains/events/events.ts'
import type { MailContent, WaitingMail } from '../domains/mails/mail-content.ts'
import type { Mails } from '../domains/mails/mails.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { Realms } from '../domains/realms/realms.ts'
import type { User } from '../domains/users/user.ts'
import type { Users } from '../domains/users/users.ts'
import type { Logger } from '../log/logger.ts'
import { OutboxLoop } from '../queues/outbox-loop.ts'
import type { Clock } from '../shared/clock.ts'
import { type Mail, MailNotSent } from './mail.ts'
import type { MailComposer } from './mail-composer.ts'
import type { MailMetrics } from './mail-metrics.ts'
import type { SmsGateway } from './sms-gateway.ts'
import { SmtpSettingsProblem } from './smtp-settings.ts'

const bounds = { underWayMax: 20, ofRealmMax: 5 }
const firstRetryMs = 10_000
const retryMsMax = 10 * 60_000
/** What waits is counted once a minute, and whenever a mail has to wait. */
const countEveryMs = 60_000

type Content = Exclude<MailContent, { kind: 'none' }>

export interface MailSenderDeps {
  readonly mails: Pick<Mails, 'claim' | 'settle' | 'putOff' | 'onAsked'>
  readonly realms: Pick<Realms, 'byId'>
  readonly users: Pick<Users, 'fresh'>
  readonly composer: Pick<MailComposer, 'compose' | 'textsOf'>
  readonly sms: Pick<SmsGateway, 'send'>
  /** @throws MailNotSent; SmtpSettingsProblem */
  readonly deliver: (realm: Realm, mail: Mail) => Promise<void>
  readonly events: Pick<Events, 'record'>
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  readonly metrics: MailMetrics
  readonly log: Logger
}

/**
 * Sends what waits in the outbox. Idle until a mail is asked for here, or every few seconds for those that other nodes have
 * left. A mail that cannot be sent now is tried again, ever more rarely, until its deadline; one that is refused for good
 * ends as an event.
 */
export class MailSender implements AsyncDisposable {
  readonly #deps: MailSenderDeps
  readonly #loop: OutboxLoop<WaitingMail>
  #counting: NodeJS.Timeout | undefined

  constructor(deps: MailSenderDeps) {
    this.#deps = deps
    const { mails, log, clock } = deps
    this.#loop = new OutboxLoop({
      claim: (limit, busy) => mails.claim(limit, busy),
      send: (mail) => this.#send(mail),
      onUnread: (err) => log.debug({ err }, 'Mails wait: the outbox could not be read'),
      bounds,
      now: () => clock.now(),
    })
  }

  /** Starts to send. */
  begin(): void {
    this.#deps.mails.onAsked(() => this.#loop.wake())
    this.#loop.begin()
    this.#counting = setInterval(() => this.#deps.metrics.countWaiting(), countEveryMs)
    this.#counting.unref()
  }

  /** Waits for what is under way; what is not sent then is another node's. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#counting)
    await this.#loop[Symbol.asyncDispose]()
  }

  async #send(mail: WaitingMail): Promise<void> {
    const { mails, log } = this.#deps
    try {
      const problem = await this.#attempt(mail)
      if (problem === null || (await mails.settle(mail)) === false) return
      this.#deps.metrics.settled(mail, problem === 'sent')
      if (problem !== 'sent') await this.#cameToNothing(mail, problem)
    } catch (error) {
      // It comes back when its lease is over.
      log.warn({ err: error }, `Mail ${mail.id} waits for another attempt`)
    }
  }

  /** @returns `sent`; null when another attempt follows; otherwise why there is none */
  async #attempt(mail: WaitingMail): Promise<string | null> {
    const { content } = mail
    if (content.kind === 'none') return 'sent'
    const { realms, users, composer, deliver, clock } = this.#deps
    const realm = await realms.byId(mail.realmId)
    if (realm === null || !realm.enabled) return 'the realm is gone or disabled'
    const user = content.userId === '' ? null : await users.fresh(realm.id, content.userId)
    const change = changeOf(user, content)
    if (change !== null) return change
    if (clock.now() > mail.deadline) return 'its deadline is over'
    try {
      if (content.kind === 'sms-code') {
        const { locale } = content
        const texts = composer.textsOf(realm, { user: user ?? undefined, locale })
        await this.#deps.sms.send(realm, content, texts)
      } else {
        await deliver(realm, await composer.compose(realm, user, { ...mail, content }))
      }
      return 'sent'
    } catch (error) {
      if (error instanceof SmtpSettingsProblem) return error.message
      if (!(error instanceof MailNotSent)) throw error
      if (error.permanent) return error.message
      return await this.#putOff(mail, realm, error)
    }
  }

  async #putOff(mail: WaitingMail, realm: Realm, reason: MailNotSent): Promise<string | null> {
    const { mails, clock, random, log } = this.#deps
    const waitMs = Math.min(firstRetryMs * 2 ** (mail.attempts - 1), retryMsMax)
    const delayMs = Math.round(waitMs * (0.5 + random()))
    if (clock.now() + delayMs > mail.deadline) return reason.message
    log.info(`Realm ${realm.name}: mail ${mail.id} is tried again: ${reason.message}`)
    await mails.putOff(mail, delayMs)
    this.#deps.metrics.countWaiting()
    return null
  }

  async #cameToNothing({ id, realmId, content, event }: WaitingMail, why: string): Promise<void> {
    const { realms, events, log } = this.#deps
    const realm = await realms.byId(realmId)
    if (realm === null) return
    log.warn(`Realm ${realm.name}: mail ${id} was not sent: ${why}`)
    if (event === null || content.kind === 'none') return
    events.record({
      type: `${event.type}_ERROR`,
      realmId,
      realmName: realm.name,
      clientId: event.clientId,
      userId: content.userId || undefined,
      ipAddress: event.ipAddress,
      error: 'email_send_failed',
      details: { ...event.details, reason: why },
    })
  }
}

/** @returns why a mail is not for its user any more; null when it is */
function changeOf(user: User | null, content: Content): string | null {
  if (content.userId === '') return null
  if (user === null) return 'the user is gone'
  if ((user.email ?? '') !== content.email) return 'the user has another address'
  // Who is locked out gets to know of it.
  return user.enabled || content.kind === 'event' ? null : 'the user is disabled'
}
