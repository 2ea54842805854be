import { createHash } from 'node:crypto'
import type { OutgoingRequests } from '../http/outgoing-requests.ts'
import type { Clock } from '../shared/clock.ts'
import { MailNotSent } from './mail.ts'
import type { TokenSource } from './smtp-settings.ts'

/** A token is fetched anew this long before it ends. */
const marginMs = 30_000
/** How long one is used whose answer does not say. */
const usedMsDefault = 60_000
/** Tokens in memory at once. */
const tokensMax = 1_000

interface HeldToken {
  readonly text: string
  /** By the monotonic clock. */
  readonly until: number
}

export interface MailTokensDeps {
  readonly requests: Pick<OutgoingRequests, 'exchange'>
  readonly clock: Clock
}

/** Access tokens for mail servers that take no password, by the client credentials grant (RFC 6749 §4.4). */
export class MailTokens {
  readonly #deps: MailTokensDeps
  readonly #held = new Map<string, HeldToken>()

  constructor(deps: MailTokensDeps) {
    this.#deps = deps
  }

  /** @throws MailNotSent when there is none now */
  async of(source: TokenSource): Promise<string> {
    const id = idOf(source)
    const known = this.#held.get(id)
    if (known !== undefined && known.until > this.#deps.clock.monotonic()) return known.text
    const token = await this.#fetch(source)
    if (this.#held.size >= tokensMax) this.#held.clear()
    this.#held.set(id, token)
    return token.text
  }

  /** The mail server has not taken it. */
  forget(source: TokenSource): void {
    this.#held.delete(idOf(source))
  }

  async #fetch({ url, clientId, clientSecret, scope }: TokenSource): Promise<HeldToken> {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === '' ? {} : { scope }),
    })
    try {
      const type = 'application/x-www-form-urlencoded'
      const { requests } = this.#deps
      const body = await requests.exchange(url, Buffer.from(form.toString()), type)
      const answer = JSON.parse(body.toString()) as { access_token?: unknown; expires_in?: unknown }
      if (typeof answer.access_token !== 'string') throw new Error('the answer has no access_token')
      const seconds = Number(answer.expires_in)
      const usedMs = seconds > 0 ? seconds * 1000 - marginMs : usedMsDefault
      return { text: answer.access_token, until: this.#deps.clock.monotonic() + usedMs }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new MailNotSent(`no token for the mail server: ${reason}`, false)
    }
  }
}

function idOf({ url, clientId, clientSecret, scope }: TokenSource): string {
  const whole = JSON.stringify([url, clientId, clientSecret, scope])
  return createHash('sha256').update(whole).digest('base64url')
}
