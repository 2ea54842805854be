import type { SmsCodeContent } from '../domains/mails/mail-content.ts'
import type { SentCodes } from '../domains/mails/sent-codes.ts'
import type { Realm } from '../domains/realms/realm.ts'
import type { OutgoingRequests } from '../http/outgoing-requests.ts'
import { MailNotSent } from './mail.ts'
import type { MailTexts } from './mail-texts.ts'
import { SmtpSettingsProblem } from './smtp-settings.ts'

const templateDefault = '{"to":"{phone}","text":"{text}"}'
const templateCharactersMax = 4_000

export interface SmsGatewayDeps {
  readonly requests: Pick<OutgoingRequests, 'postJson'>
  readonly codes: SentCodes
  readonly vault: { secretOf(realm: string, value: string): Promise<string> }
}

/**
 * Sends codes by SMS: posts JSON, made from the template of the step's settings (`{phone}` and `{text}` in its texts), to the
 * gateway's URL, with its secret as bearer token.
 */
export class SmsGateway {
  readonly #deps: SmsGatewayDeps

  constructor(deps: SmsGatewayDeps) {
    this.#deps = deps
  }

  /** @throws MailNotSent; SmtpSettingsProblem for settings that are gone or cannot be used */
  async send(realm: Realm, content: SmsCodeContent, texts: MailTexts): Promise<void> {
    const { requests, codes, vault } = this.#deps
    // The settings as they are now; the address that was asked for names them.
    const config = realm.settings.authenticatorConfig.find(
      ({ config: one }) => one['sms.gateway.url'] === content.gatewayUrl,
    )?.config
    if (config === undefined) throw new SmtpSettingsProblem('the SMS gateway is gone')
    const code = await codes.of(realm, content.challengeId)
    const text = texts.text('smsCodeText', code, texts.duration(content.lifespanSeconds))
    const body = filled(templateOf(config['sms.gateway.template']), {
      '{phone}': content.phone,
      '{text}': text,
    })
    const secret = await vault.secretOf(realm.name, config['sms.gateway.secret'] ?? '')
    await this.#post(requests, content.gatewayUrl, body, secret)
  }

  async #post(
    requests: SmsGatewayDeps['requests'],
    url: string,
    body: unknown,
    secret: string,
  ): Promise<void> {
    let status: number
    try {
      status = await requests.postJson(url, body, secret)
    } catch (error) {
      throw new MailNotSent(error instanceof Error ? error.message : String(error), false)
    }
    if (status >= 200 && status < 300) return
    const isFinal = status >= 400 && status < 500 && status !== 429
    throw new MailNotSent(`the SMS gateway answered with status ${status}`, isFinal)
  }
}

function templateOf(text: string | undefined): unknown {
  const template = text || templateDefault
  try {
    if (template.length <= templateCharactersMax) return JSON.parse(template)
  } catch {
    // Said below.
  }
  throw new SmtpSettingsProblem('the template of the SMS gateway is no JSON')
}

/** Fills the texts of a template: what is put in never becomes more than text. */
function filled(template: unknown, values: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') {
    return template.replace(/\{(?:phone|text)\}/g, (place) => values[place] ?? place)
  }
  if (Array.isArray(template)) return template.map((one) => filled(one, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(
    Object.entries(template).map(([name, one]) => [name, filled(one, values)]),
  )
}
