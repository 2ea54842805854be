import type { ConnectionOptions } from 'node:tls'
import { format } from 'node:util'
import type { Logger } from '../log/logger.ts'
import { type Mail, MailNotSent } from './mail.ts'
import type { MailTokens } from './mail-tokens.ts'
import type { SmtpSettings } from './smtp-settings.ts'

/** Time for one attempt with everything in it. */
const attemptTimeoutMs = 20_000
/** Mails that are on their way at the same time; more are refused. */
const underWayMax = 20

type TlsTrust = Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>

type Auth =
  | { readonly user: string; readonly pass: string }
  | { readonly type: 'OAuth2'; readonly user: string; readonly accessToken: string }

export interface SmtpMailerDeps {
  /** Who is believed to be a mail server; empty = as Node.js does. */
  readonly trusted: TlsTrust
  readonly tokens: Pick<MailTokens, 'of' | 'forget'>
  readonly log: Logger
}

/** Sends mails by SMTP, each over a connection of its own. */
export class SmtpMailer {
  readonly #deps: SmtpMailerDeps
  #underWay = 0

  constructor(deps: SmtpMailerDeps) {
    this.#deps = deps
  }

  /** @throws MailNotSent within the deadline of one attempt */
  async send(settings: SmtpSettings, mail: Mail): Promise<void> {
    if (this.#underWay >= underWayMax)
      throw new MailNotSent('too many mails are on their way', false)
    this.#underWay += 1
    try {
      await this.#deliver(settings, mail)
    } catch (error) {
      if (error instanceof MailNotSent) throw error
      throw new MailNotSent(error instanceof Error ? error.message : String(error), isFinal(error))
    } finally {
      this.#underWay -= 1
    }
  }

  async #deliver(settings: SmtpSettings, mail: Mail): Promise<void> {
    const { login } = settings
    const { tokens } = this.#deps
    if (login === undefined) return await deliver(this.#deps, settings, mail)
    const { user } = login
    if (login.kind === 'password') {
      return await deliver(this.#deps, settings, mail, { user, pass: login.password })
    }
    const accessToken = await tokens.of(login)
    try {
      await deliver(this.#deps, settings, mail, { type: 'OAuth2', user, accessToken })
    } catch (error) {
      // It may have been taken back: the next attempt fetches another.
      tokens.forget(login)
      throw error
    }
  }
}

async function deliver(
  { trusted, log }: SmtpMailerDeps,
  settings: SmtpSettings,
  mail: Mail,
  auth?: Auth,
): Promise<void> {
  // Starts that send no mail need not load it.
  const { createTransport } = await import('nodemailer')
  const { host, port, ssl, startTls, from, replyTo, envelopeFrom } = settings
  const { connectionTimeoutMs, answerTimeoutMs } = settings
  const transport = createTransport({
    host,
    port,
    secure: ssl,
    requireTLS: startTls && !ssl,
    ignoreTLS: !startTls && !ssl,
    tls: trusted,
    connectionTimeout: connectionTimeoutMs,
    greetingTimeout: answerTimeoutMs,
    socketTimeout: answerTimeoutMs,
    dnsTimeout: connectionTimeoutMs,
    // Texts come from administrators and users: none of them names a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(auth ? { auth } : {}),
    ...(settings.debug ? { logger: connectionLog(log) } : {}),
  })
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), attemptTimeoutMs)
  const late = new Promise<never>((_, reject) => {
    deadline.signal.addEventListener('abort', () =>
      reject(new MailNotSent(`no end after ${attemptTimeoutMs} ms`, false)),
    )
  })
  try {
    const sending = transport.sendMail({
      from: named(from),
      to: named(mail.to),
      ...(replyTo ? { replyTo: named(replyTo) } : {}),
      envelope: { from: envelopeFrom ?? from.address, to: [mail.to.address] },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      attachments: (mail.pictures ?? []).map(({ cid, name, contentType, content }) => ({
        ...{ cid, contentType, content, filename: name },
        contentDisposition: 'inline' as const,
      })),
    })
    await Promise.race([sending, late])
  } finally {
    clearTimeout(timer)
    transport.close()
  }
}

function named({ address, name }: SmtpSettings['from']) {
  return { address, name: name ?? '' }
}

/** What happens on a connection, without what is said on it. */
function connectionLog(log: Logger) {
  const line = (_entry: unknown, ...parts: unknown[]) => log.info(`SMTP: ${format(...parts)}`)
  const level = () => undefined
  return { level, trace: line, debug: line, info: line, warn: line, error: line, fatal: line }
}

/** Answers from 500 on are final (RFC 5321 §4.2.1); to a login they are about the settings, which somebody may mend. */
function isFinal(error: unknown): boolean {
  const { responseCode, code } = (error ?? {}) as { responseCode?: unknown; code?: unknown }
  return typeof responseCode === 'number' && responseCode >= 500 && code !== 'EAUTH'
}
