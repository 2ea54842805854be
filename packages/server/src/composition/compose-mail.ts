import { join } from 'node:path'
import { EventNotices } from '../domains/mails/event-notices.ts'
import { Mails } from '../domains/mails/mails.ts'
import { SentCodes } from '../domains/mails/sent-codes.ts'
import { ActionTokens } from '../domains/tokens/action-tokens.ts'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { Delivery } from '../mail/delivery.ts'
import { DevelopmentMailbox } from '../mail/development-mailbox.ts'
import { MailComposer } from '../mail/mail-composer.ts'
import { MailMetrics } from '../mail/mail-metrics.ts'
import { MailSender } from '../mail/mail-sender.ts'
import { MailTokens } from '../mail/mail-tokens.ts'
import { SmsGateway } from '../mail/sms-gateway.ts'
import { SmtpMailer } from '../mail/smtp-mailer.ts'
import { ThemeTexts } from '../pages/messages/theme-texts.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'

/** Everything about mail: what waits, what sends it, and what its links say. */
export interface MailParts {
  readonly mails: Mails
  readonly actionTokens: ActionTokens
  readonly sentCodes: SentCodes
  /** Sends nothing before `begin()`. */
  readonly mailSender: MailSender
  /** Of `start-dev` only. */
  readonly mailbox: DevelopmentMailbox | null
  readonly themeTexts: ThemeTexts
  /** For mails that somebody waits for: those of the outbox do not hold them up. */
  readonly testMailer: SmtpMailer
}

/** The folder `packages`, from here and from the bundle alike. */
const packages = join(import.meta.dirname, '..', '..', '..')

export function composeMail(
  { database, secretBox, clock, loggers, settings, vault, metrics }: Foundation,
  lower: Pick<Domains, 'realms' | 'users' | 'keys' | 'events' | 'themes'>,
  running: DisposalStack,
): MailParts {
  const themeTexts = new ThemeTexts(join(packages, 'translations', 'texts'))
  const mailbox = settings.development ? new DevelopmentMailbox() : null
  const log = loggers.of('org.keycloak.email')
  const { trusted } = settings
  const requests = new OutgoingRequests(settings.outgoing)
  const tokens = new MailTokens({ requests, clock })
  const mailer = () => new SmtpMailer({ trusted, tokens, log })
  const delivery = new Delivery({ mailer: mailer(), mailbox, clock, vault })
  const mails = new Mails({ database, secretBox, canSend: (realm) => delivery.canSend(realm) })
  const notices = new EventNotices({ ...lower, database, mails })
  lower.events.listen('email', (event, time) => notices.tell(event, time))
  const actionTokens = new ActionTokens({ ...lower, clock })
  const sentCodes = new SentCodes(lower)
  const composer = new MailComposer({
    texts: themeTexts,
    themes: lower.themes.email,
    tokens: actionTokens,
    codes: sentCodes,
    clock,
  })
  const mailSender = running.use(
    new MailSender({
      ...lower,
      mails,
      composer,
      sms: new SmsGateway({ requests, codes: sentCodes, vault }),
      deliver: (realm, mail) => delivery.deliver(realm, mail),
      clock,
      random: Math.random,
      metrics: new MailMetrics(metrics, () => mails.waiting()),
      log,
    }),
  )
  return { mails, sentCodes, actionTokens, mailSender, mailbox, themeTexts, testMailer: mailer() }
}
