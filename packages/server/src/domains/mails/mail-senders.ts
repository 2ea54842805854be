import { ModelError } from '../realms/model-error.ts'
import { isEmailAddress } from '../users/email-address.ts'

/** A letter outside ASCII: only servers with SMTPUTF8 take it before the `@`. */
const foreignLetter = /[\u0080-\uFFFF]/

/**
 * Checks from whom a realm's mails come, as Keycloak does when an administrator saves the settings.
 * @param smtpServer as given; without members nothing is sent, and nothing checked
 * @throws ModelError `invalid` in Keycloak's words
 */
export function requireSenders(smtpServer: Readonly<Record<string, string>>): void {
  if (Object.keys(smtpServer).length === 0) return
  const { allowutf8, from, replyTo } = smtpServer
  const isSender = (address: string) =>
    isEmailAddress(address) &&
    (allowutf8 === 'true' || !foreignLetter.test(address.slice(0, address.lastIndexOf('@'))))
  if (!isSender(from ?? '')) throw invalid('sender', from)
  if (replyTo && !isSender(replyTo)) throw invalid('reply-to', replyTo)
}

function invalid(kind: string, address: string | undefined): ModelError {
  return new ModelError(
    'invalid',
    `Invalid ${kind} address '${address ?? 'null'}'. If the address contains UTF-8 characters in the local part please ensure the SMTP server supports the SMTPUTF8 extension and enable 'Allow UTF-8' in the email realm configuration.`,
  )
}
