import type { AuthenticationChannel, ChannelRequest } from './authentication-channel.ts'
import type { CibaRequests } from './ciba-requests.ts'

/**
 * The built-in way to ask: who is asked opens `…/realms/{realm}/ciba` in a browser, signs in, and sees what was asked last.
 */
export class BrowserChannel implements AuthenticationChannel {
  readonly #requests: Pick<CibaRequests, 'show'>

  constructor(deps: { readonly cibaRequests: Pick<CibaRequests, 'show'> }) {
    this.#requests = deps.cibaRequests
  }

  async ask({ realm, user, resultId, expiresAt }: ChannelRequest): Promise<boolean> {
    await this.#requests.show(realm, user.id, resultId, expiresAt * 1_000)
    return true
  }
}
