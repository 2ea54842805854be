import { randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect } from 'vitest'
import { type OidcAnswer, OidcRealm } from './oidc-realm.ts'

type Configuration = Readonly<Record<string, unknown>>

/** A condition or an executor. */
export type Rule = readonly [id: string, configuration?: Configuration]

export const appUri = 'https://app.example.org/cb'
export const anyClient: Rule = ['any-client']
export const secret = { client_secret: 's' }
export const own = { client_id: 'app', ...secret }

/** @returns an answer in a line */
export function described({ status, body }: { status: number; body: Record<string, unknown> }) {
  return status < 300 ? String(status) : `${status} ${body['error']} ${body['error_description']}`
}

/** A realm with clients for policies: `web` is public, `app` has a secret, `signed` a key. */
export class PolicyRealm implements AsyncDisposable {
  readonly realm: OidcRealm
  readonly #privateKey: CryptoKey

  private constructor(realm: OidcRealm, privateKey: CryptoKey) {
    this.realm = realm
    this.#privateKey = privateKey
  }

  static async start(): Promise<PolicyRealm> {
    const pair = await generateKeyPair('PS256', { extractable: true })
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k', alg: 'PS256' }
    const keys = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys: [jwk] }) }
    const realm = await OidcRealm.start(
      {
        clients: [
          {
            clientId: 'web',
            publicClient: true,
            redirectUris: [appUri, 'http://app.example.org/*'],
          },
          {
            clientId: 'app',
            secret: 's',
            serviceAccountsEnabled: true,
            redirectUris: [appUri, 'http://app.example.org/*'],
            attributes: { 'standard.token.exchange.enabled': 'true' },
          },
          {
            clientId: 'signed',
            clientAuthenticatorType: 'client-jwt',
            serviceAccountsEnabled: true,
            redirectUris: [appUri],
            attributes: keys,
          },
        ],
      },
      {
        options: [
          '--spi-x509cert-lookup--provider=haproxy',
          '--spi-x509cert-lookup--haproxy--ssl-client-cert=ssl-client-cert',
        ],
      },
    )
    return new PolicyRealm(realm, pair.privateKey)
  }

  /** Lets one policy apply, with these executors under these conditions. */
  async policies(
    executors: readonly (Rule | string)[],
    conditions: readonly Rule[] = [anyClient],
    mode?: string,
  ): Promise<void> {
    const own = executors.filter((each) => typeof each !== 'string')
    const profile = {
      name: 'mine',
      executors: own.map(([executor, configuration = {}]) => ({ executor, configuration })),
    }
    await this.#put('policies', { policies: [] })
    await this.#put('profiles', { profiles: [profile] })
    const named = executors.filter((each) => typeof each === 'string')
    await this.#put('policies', {
      policies: [
        {
          name: 'p',
          enabled: true,
          ...(mode === undefined ? {} : { mode }),
          conditions: conditions.map(([condition, configuration = {}]) => ({
            condition,
            configuration,
          })),
          profiles: ['mine', ...named],
        },
      ],
    })
  }

  async #put(what: string, body: unknown): Promise<void> {
    const answer = await this.realm.administer('PUT', `/client-policies/${what}`, body)
    expect([answer.status, answer.body]).toEqual([204, null])
  }

  /** Makes a client as an administrator. @returns the answer, and the client if there is one */
  async make(client: Readonly<Record<string, unknown>> = {}) {
    const clientId = `c-${randomUUID()}`
    const answer = await this.realm.administer('POST', '/clients', { clientId, ...client })
    const found = await this.realm.administer('GET', `/clients?clientId=${clientId}`)
    return { answer: described(answer), client: found.body[0] }
  }

  /** Asks for a token of the client `app` for itself. */
  service(
    headers: Readonly<Record<string, string>> = {},
    form: Readonly<Record<string, string>> = {},
  ): Promise<OidcAnswer> {
    return this.realm.token({ grant_type: 'client_credentials', ...own, ...form }, headers)
  }

  /** Asks for authorization. @returns what the client or, where there is no redirect, the user is told */
  async authorize(parameters: Readonly<Record<string, string>>): Promise<string> {
    const query = new URLSearchParams({
      client_id: 'app',
      response_type: 'code',
      redirect_uri: appUri,
      scope: 'openid',
      ...parameters,
    })
    const answer = await this.realm.send(`${this.realm.endpoint('auth')}?${query}`)
    const location = answer.headers.get('location')
    if (location === null) {
      if (answer.status === 200) return 'login'
      return /instruction"[^>]*>([^<]*)</.exec(answer.body)?.[1] ?? `page ${answer.status}`
    }
    const { search, hash } = new URL(location)
    const told = new URLSearchParams(search || hash.slice(1))
    return told.has('error') ? `${told.get('error')} ${told.get('error_description')}` : 'redirect'
  }

  async requestObject(
    changes: Readonly<Record<string, unknown>> = {},
    algorithm = 'PS256',
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1_000)
    const usual = {
      iss: 'signed',
      client_id: 'signed',
      aud: this.realm.url,
      exp: now + 300,
      nbf: now,
      response_type: 'code',
      redirect_uri: appUri,
      scope: 'openid',
    }
    const claims = Object.entries({ ...usual, ...changes }).filter(([, value]) => value !== null)
    return await new SignJWT(Object.fromEntries(claims))
      .setProtectedHeader({ alg: algorithm, kid: 'k' })
      .sign(this.#privateKey)
  }

  async assertion(audience: string | string[] = this.realm.url): Promise<Record<string, string>> {
    const jwt = new SignJWT({ iss: 'signed', sub: 'signed', jti: randomUUID() })
    jwt.setProtectedHeader({ alg: 'PS256', kid: 'k' }).setIssuedAt().setExpirationTime('30s')
    jwt.setAudience(audience)
    return {
      client_id: 'signed',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await jwt.sign(this.#privateKey),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.realm[Symbol.asyncDispose]()
  }
}
