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
  readonly login?: SmtpLogin
  /** For the connection, and for each answer. */
  readonly connectionTimeoutMs: number
  readonly answerTimeoutMs: number
  /** Writes to the log what happens on the connection; what is sent is never in it. */
  readonly debug: boolean
}

/** By a password, or by an access token that is fetched for it (XOAUTH2). */
export type SmtpLogin =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | ({ readonly kind: 'token'; readonly user: string } & TokenSource)

/** Where an access token comes from (RFC 6749 §4.4). */
export interface TokenSource {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope: string
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
const timeoutMsDefault = 5_000
const timeoutMsMax = 15_000
const tokenUrlCharactersMax = 2_048

/**
 * @param settings the members of a realm's `smtpServer`
 * @throws SmtpSettingsProblem for what cannot be used
 */
export function smtpSettings(settings: Readonly<Record<string, string>>): SmtpSettings {
  const { host = '', port, envelopeFrom, auth } = settings
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
    ...(auth === 'true' ? { login: login(settings) } : {}),
    connectionTimeoutMs: timeout(settings['connectionTimeout']),
    answerTimeoutMs: timeout(settings['timeout']),
    debug: settings['debug'] === 'true',
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

function login(settings: Readonly<Record<string, string>>): SmtpLogin {
  const { authType = 'basic', user = '', password = '' } = settings
  if (user === '') throw problem('user')
  if (authType === 'basic') return { kind: 'password', user, password }
  if (authType !== 'token') throw problem('authType')
  const { authTokenUrl: url = '', authTokenClientId: clientId = '' } = settings
  if (!URL.canParse(url) || url.length > tokenUrlCharactersMax) throw problem('authTokenUrl')
  if (clientId === '') throw problem('authTokenClientId')
  return {
    kind: 'token',
    user,
    url,
    clientId,
    clientSecret: settings['authTokenClientSecret'] ?? '',
    scope: settings['authTokenScope'] ?? '',
  }
}

/** @returns milliseconds, within what one attempt may take; a number that makes no sense counts as none */
function timeout(text: string | undefined): number {
  const ms = Number(text || timeoutMsDefault)
  return Number.isInteger(ms) && ms > 0 ? Math.min(ms, timeoutMsMax) : timeoutMsDefault
}

function problem(member: string): SmtpSettingsProblem {
  return new SmtpSettingsProblem(`${member} of the SMTP settings cannot be used`)
}
