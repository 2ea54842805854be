import { Browser, type Page } from '../harness/browser.ts'
import { demoPassword, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { formBody, type HttpAnswer } from '../harness/http-exchange.ts'
import { authorizationUrl, pkcePair, signIn } from '../harness/login.ts'
import { NoAnswer, type RoundRobin } from './round-robin.ts'

/** Authorization requests that one login may need while nodes die. */
const authorizationsMax = 6

/** The address under which every node of the group is known to its users. */
const publicUrl = 'http://127.0.0.1:8080'
export const publicRealmUrl = `${publicUrl}/realms/demo`
const tokenUrl = `${publicRealmUrl}/protocol/openid-connect/token`

/** Somebody with a browser and the application that they use, both talking to the group of nodes. */
export class ScriptedUser {
  readonly username: string
  readonly browser: Browser
  readonly #nodes: RoundRobin
  refreshToken = ''
  accessToken = ''

  constructor(username: string, nodes: RoundRobin) {
    this.username = username
    this.#nodes = nodes
    this.browser = new Browser({ transport: nodes.patient, origins: [publicUrl] })
  }

  /**
   * Signs in and redeems the code. A code whose redemption got no answer is not sent again: a new authorization
   * request, which the SSO cookie answers at once, brings another one.
   * @throws when the server refuses anything that it should accept
   */
  async login(): Promise<void> {
    for (let attempt = 0; attempt < authorizationsMax; attempt++) {
      const { verifier, challenge } = pkcePair()
      const code = await this.authorize(challenge)
      const form = { ...redemption(code), code_verifier: verifier }
      try {
        this.#keep(await this.#nodes.once(tokenRequest(form)))
        return
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error
      }
    }
    throw new Error(`${this.username}: no redemption was answered in ${authorizationsMax} attempts`)
  }

  /** An authorization code, with the login form answered where the server shows one. */
  async authorize(challenge: string | null): Promise<string> {
    const url = authorizationUrl({
      realmUrl: publicRealmUrl,
      clientId: 'app',
      redirectUri: demoRedirectUri,
      parameters:
        challenge === null ? {} : { code_challenge: challenge, code_challenge_method: 'S256' },
    })
    const person = { username: this.username, password: demoPassword(this.username) }
    for (let attempt = 0; attempt < authorizationsMax; attempt++) {
      const last = await signIn(this.browser, await this.browser.get(url), person)
      const code = codeOf(last)
      if (code !== null) return code
    }
    throw new Error(`${this.username}: no code`)
  }

  async refresh(): Promise<void> {
    const form = {
      grant_type: 'refresh_token',
      refresh_token: this.refreshToken,
      client_id: 'app',
      client_secret: demoSecret('app'),
    }
    this.#keep(await this.#nodes.patient(tokenRequest(form)))
  }

  #keep(answer: HttpAnswer): void {
    if (answer.status !== 200) {
      throw new Error(`${this.username}: ${answer.status} ${answer.body}`)
    }
    const tokens = JSON.parse(answer.body) as { access_token: string; refresh_token: string }
    this.accessToken = tokens.access_token
    this.refreshToken = tokens.refresh_token
  }
}

/** The form that redeems a code of the demo application. */
export function redemption(code: string): Record<string, string> {
  return {
    grant_type: 'authorization_code',
    code,
    redirect_uri: demoRedirectUri,
    client_id: 'app',
    client_secret: demoSecret('app'),
  }
}

/** A request to the token endpoint at the public address. */
export function tokenRequest(form: Record<string, string>): Parameters<RoundRobin['patient']>[0] {
  return { method: 'POST', url: tokenUrl, ...formBody(form) }
}

/** The code that a page brings; null when a repeated form brought the user to another page than the application. */
function codeOf(page: Page): string | null {
  return page.location?.searchParams.get('code') ?? null
}
