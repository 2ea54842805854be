import type { ConnectionOptions } from 'node:tls'
import { type Mail, MailNotSent } from './mail.ts'
import type { SmtpSettings } from './smtp-settings.ts'

/** Time for the connection, the greeting and each answer. */
const stepTimeoutMs = 5_000
/** Time for one attempt with everything in it. */
const attemptTimeoutMs = 20_000
/** Mails that are on their way at the same time; more are refused. */
const underWayMax = 20

type TlsTrust = Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>

/** Sends mails by SMTP, each over a connection of its own. */
export class SmtpMailer {
  readonly #trusted: TlsTrust
  #underWay = 0

  /** @param trusted who is believed to be a mail server; empty = as Node.js does */
  constructor(trusted: TlsTrust = {}) {
    this.#trusted = trusted
  }

  /** @throws MailNotSent within the deadline of one attempt */
  async send(settings: SmtpSettings, mail: Mail): Promise<void> {
    if (this.#underWay >= underWayMax)
      throw new MailNotSent('too many mails are on their way', false)
    this.#underWay += 1
    try {
      await deliver(settings, this.#trusted, mail)
    } catch (error) {
      if (error instanceof MailNotSent) throw error
      throw new MailNotSent(error instanceof Error ? error.message : String(error), isFinal(error))
    } finally {
      this.#underWay -= 1
    }
  }
}

async function deliver(settings: SmtpSettings, trusted: TlsTrust, mail: Mail): Promise<void> {
  // Starts that send no mail need not load it.
  const { createTransport } = await import('nodemailer')
  const { host, port, ssl, startTls, login, from, replyTo, envelopeFrom } = settings
  const transport = createTransport({
    host,
    port,
    secure: ssl,
    requireTLS: startTls && !ssl,
    ignoreTLS: !startTls && !ssl,
    tls: trusted,
    connectionTimeout: stepTimeoutMs,
    greetingTimeout: stepTimeoutMs,
    socketTimeout: stepTimeoutMs,
    dnsTimeout: stepTimeoutMs,
    // Texts come from administrators and users: none of them names a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login ? { auth: { user: login.user, pass: login.password } } : {}),
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

/** Answers from 500 on are final (RFC 5321 §4.2.1). */
function isFinal(error: unknown): boolean {
  const code = (error as { responseCode?: unknown } | null)?.responseCode
  return typeof code === 'number' && code >= 500
}
