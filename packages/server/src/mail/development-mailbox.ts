import type { Mail } from './mail.ts'

/** Mails that are kept; older ones are dropped. */
const mailsMax = 200

/** A mail that nobody sent. */
export interface KeptMail extends Mail {
  readonly id: number
  readonly realm: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Takes the mails of realms without a mail server, for whoever develops on this machine to read. */
export class DevelopmentMailbox {
  readonly #mails: KeptMail[] = []
  #lastId = 0

  keep(realm: string, mail: Mail, at: number): void {
    this.#lastId += 1
    this.#mails.unshift({ ...mail, id: this.#lastId, realm, at })
    this.#mails.length = Math.min(this.#mails.length, mailsMax)
  }

  /** Newest first. */
  get mails(): readonly KeptMail[] {
    return this.#mails
  }
}
