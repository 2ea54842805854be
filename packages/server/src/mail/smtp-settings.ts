/** How a realm's mails are sent: its `smtpServer`, understood. */
export interface SmtpSettings {
  readonly host: string
  readonly port: number
  readonly from: MailAddress
  readonly replyTo?: MailAddress
  /** Where refusals go; absent = to `from`. */
  readonly envelopeFrom?: string
  /** TLS from the first byte. */
  readonly ssl: boolean
  /** TLS is asked for, and without it nothing is sent. */
  readonly startTls: boolean
  readonly login?: { readonly user: string; readonly password: string }
}

export interface MailAddress {
  readonly address: string
  readonly name?: string
}

/** Settings that cannot be used. */
export class SmtpSettingsProblem extends Error {
  override readonly name = 'SmtpSettingsProblem'
}

const usualPort = { plain: 25, ssl: 465 } as const
const addressCharactersMax = 254
const nameCharactersMax = 255

/**
 * @param settings the members of a realm's `smtpServer`
 * @throws SmtpSettingsProblem for what cannot be used
 */
export function smtpSettings(settings: Readonly<Record<string, string>>): SmtpSettings {
  const { host = '', port, envelopeFrom, auth, authType = 'basic', user, password } = settings
  if (!/^[A-Za-z0-9._:-]{1,253}$/.test(host)) throw problem('host')
  const ssl = settings['ssl'] === 'true'
  const number = port ? Number(port) : ssl ? usualPort.ssl : usualPort.plain
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw problem('port')
  const replyTo = settings['replyTo']
  return {
    host,
    port: number,
    from: address('from', settings['from'], settings['fromDisplayName']),
    ...(replyTo ? { replyTo: address('replyTo', replyTo, settings['replyToDisplayName']) } : {}),
    ...(envelopeFrom ? { envelopeFrom: address('envelopeFrom', envelopeFrom).address } : {}),
    ssl,
    startTls: settings['starttls'] === 'true',
    ...(auth === 'true' ? { login: login(authType, user, password) } : {}),
  }
}

/**
 * @returns an address for one recipient and its name
 * @throws SmtpSettingsProblem when it is none, or could be read as several
 */
export function address(member: string, text: string | undefined, name?: string): MailAddress {
  const plain = text?.trim() ?? ''
  const usable = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@<>()[\]\\,;:"\p{Cc}]+$/u.test(plain)
  if (!usable || plain.length > addressCharactersMax) throw problem(member)
  const shown = name
    ?.replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, nameCharactersMax)
  return { address: plain, ...(shown ? { name: shown } : {}) }
}

function login(type: string, user = '', password = ''): { user: string; password: string } {
  // Tokens for XOAUTH2 are kept in the settings and not fetched: without them there is nothing to sign in with.
  if (type !== 'basic') throw problem('authType')
  if (user === '') throw problem('user')
  return { user, password }
}

function problem(member: string): SmtpSettingsProblem {
  return new SmtpSettingsProblem(`${member} of the SMTP settings cannot be used`)
}
