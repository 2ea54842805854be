import type { MailAddress } from './smtp-settings.ts'

/** A picture that is part of a mail: its HTML names it as `cid:…`. */
export interface MailPicture {
  readonly cid: string
  readonly name: string
  readonly contentType: string
  readonly content: Buffer
}

/** A mail to one recipient. */
export interface Mail {
  readonly to: MailAddress
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly pictures?: readonly MailPicture[] | undefined
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
