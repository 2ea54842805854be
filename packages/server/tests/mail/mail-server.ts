import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { type ParsedMail, simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

/** A mail as it arrived. */
export interface ArrivedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] }
  /** Whether it came over TLS, and who signed in. */
  readonly secure: boolean
  readonly user: string | undefined
  readonly mail: ParsedMail
}

/** A real SMTP server on a port of its own, with STARTTLS, that keeps what arrives. */
export class MailServer implements AsyncDisposable {
  readonly port: number
  readonly arrived: ArrivedMail[] = []
  readonly #server: SMTPServer

  private constructor(server: SMTPServer, port: number) {
    this.#server = server
    this.port = port
  }

  /** @param port a free one where it is left out */
  static async start(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
    const server = new SMTPServer({
      authOptional: true,
      onAuth: ({ username, password }, _session, done) =>
        password === 'mail-secret'
          ? done(null, { user: username })
          : done(new Error('Invalid username or password')),
      onData(stream, session, done) {
        simpleParser(stream).then((mail) => {
          const { mailFrom, rcptTo } = session.envelope
          started.arrived.push({
            envelope: {
              from: mailFrom === false ? '' : mailFrom.address,
              to: rcptTo.map(({ address }) => address),
            },
            secure: session.secure,
            user: session.user,
            mail,
          })
          done()
        }, done)
      },
      ...options,
    })
    server.on('error', () => undefined)
    server.listen(port, '127.0.0.1')
    await once(server.server, 'listening')
    const started = new MailServer(server, (server.server.address() as AddressInfo).port)
    return started
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
