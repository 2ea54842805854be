import type { LinkContent } from '../../mails/mail-content.ts'

/** What a link in a mail has from the login that it is sent in. */
export interface MailLink extends Pick<LinkContent, 'serverUrl' | 'clientId' | 'tab' | 'query'> {
  /** Language of the page that is shown. */
  readonly locale: string
}
