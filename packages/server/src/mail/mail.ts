import type { MailAddress } from './smtp-settings.ts'

/** A mail to one recipient. */
export interface Mail {
  readonly to: MailAddress
  readonly subject: string
  readonly text: string
  readonly html: string
}

/** A mail server did not take a mail. */
export class MailNotSent extends Error {
  override readonly name = 'MailNotSent'
  /** The server refused it for good: another attempt would end alike. */
  readonly permanent: boolean

  constructor(reason: string, permanent: boolean) {
    super(reason)
    this.permanent = permanent
  }
}
