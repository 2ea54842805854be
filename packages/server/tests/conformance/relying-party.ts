import { randomBytes } from 'node:crypto'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { expect } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { formBody, type HttpAnswer, HttpClient, type Transport } from '../harness/http-exchange.ts'
import { signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/** The address under which the server is known; TLS ends at a proxy in front of it. */
const publicOrigin = 'https://id.conformance.test'
export const issuer = `${publicOrigin}/realms/conformance`
export const redirectUri = 'https://suite.conformance.test/test/a/holdfast/callback'
export const postLogoutRedirectUri = 'https://suite.conformance.test/test/a/holdfast/post_logout'

/** Name and password of the only user. */
export const person = { username: 'foo', password: 'bar-Passw0rd' }
/** The same as a realm has it. */
export const personInRealm = {
  username: person.username,
  enabled: true,
  email: 'foo@conformance.test',
  emailVerified: true,
  firstName: 'Foo',
  lastName: 'Bar',
  credentials: [{ type: 'password', value: person.password }],
}

export const clientOne = { client_id: 'client-1', client_secret: 'secret-of-client-1' }
export const clientTwo = { client_id: 'client-2', client_secret: 'secret-of-client-2' }

/** The static set-up that the plans of the OpenID Foundation ask for: two clients and a user with every claim. */
function conformanceRealm(): Record<string, unknown> {
  return {
    realm: 'conformance',
    enabled: true,
    clients: [clientOne, clientTwo].map(({ client_id, client_secret }) => ({
      clientId: client_id,
      secret: client_secret,
      enabled: true,
      publicClient: false,
      redirectUris: [redirectUri],
      attributes: { 'post.logout.redirect.uris': postLogoutRedirectUri },
    })),
    users: [
      {
        username: person.username,
        enabled: true,
        email: 'foo@conformance.test',
        emailVerified: true,
        firstName: 'Foo',
        lastName: 'Bar',
        attributes: {
          phoneNumber: ['+49 555 1234'],
          phoneNumberVerified: ['true'],
          street: ['1 Main Street'],
          locality: ['Town'],
        },
        credentials: [{ type: 'password', value: person.password }],
      },
    ],
  }
}

/** Tokens of a response that {@link RelyingParty.redeem} accepted. */
export interface Tokens {
  readonly access_token: string
  readonly token_type: string
  readonly id_token: string
  readonly refresh_token?: string
}

/** What came back to the redirect URI. */
export interface Callback {
  readonly parameters: URLSearchParams
  readonly code: string
}

/** The server behind a proxy that ends TLS, and one browser in front of it. */
export class RelyingParty implements AsyncDisposable {
  readonly #server: TestServer
  readonly #http = new HttpClient()
  browser: Browser
  client = clientOne

  constructor(server: TestServer) {
    this.#server = server
    this.browser = this.newBrowser()
  }

  static async start(): Promise<RelyingParty> {
    return new RelyingParty(
      await startTestServer({
        options: ['--proxy-headers=xforwarded'],
        realms: [conformanceRealm()],
      }),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#http[Symbol.dispose]()
    await this.#server[Symbol.asyncDispose]()
  }

  /** What the proxy does: plain HTTP to the server, with the forwarded headers. */
  readonly transport: Transport = (request) => {
    const { host } = new URL(request.url)
    const headers = {
      ...request.headers,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': host,
      'x-forwarded-port': '443',
      'x-forwarded-for': '203.0.113.7',
    }
    return this.#http.send({ ...request, headers }, new URL(this.#server.url))
  }

  newBrowser(): Browser {
    return new Browser({ transport: this.transport, origins: [publicOrigin] })
  }

  authorizationUrl(parameters: Readonly<Record<string, string | null>> = {}): URL {
    const url = new URL(`${issuer}/protocol/openid-connect/auth`)
    const all = {
      client_id: this.client.client_id,
      redirect_uri: redirectUri,
      scope: 'openid',
      response_type: 'code',
      state: randomBytes(8).toString('hex'),
      nonce: randomBytes(8).toString('hex'),
      ...parameters,
    }
    for (const [name, value] of Object.entries(all)) {
      if (value !== null) url.searchParams.set(name, value)
    }
    return url
  }

  /** Sends an authorization request and signs in when asked; the first page comes along. */
  async authorize(
    parameters: Readonly<Record<string, string | null>> = {},
  ): Promise<Callback & { readonly first: Page; readonly url: URL }> {
    const url = this.authorizationUrl(parameters)
    const first = await this.browser.get(url)
    return { ...(await this.finish(first, url)), first, url }
  }

  /** Signs in on a page and reads the callback, checking `state`, `iss` and the redirect URI. */
  async finish(first: Page, url: URL): Promise<Callback> {
    const last = await signIn(this.browser, first, person)
    const { location } = last
    expect(location, last.describe()).not.toBeNull()
    expect(`${location?.origin}${location?.pathname}`).toBe(redirectUri)
    const parameters = location?.searchParams ?? new URLSearchParams()
    expect(parameters.get('state')).toBe(url.searchParams.get('state'))
    expect(parameters.get('iss')).toBe(issuer)
    return { parameters, code: parameters.get('code') ?? '' }
  }

  /** The error of a redirect that carries no code. */
  async authorizationError(parameters: Readonly<Record<string, string | null>>): Promise<string> {
    const url = this.authorizationUrl(parameters)
    const page = await this.browser.get(url)
    expect(page.location?.href.startsWith(redirectUri), page.describe()).toBe(true)
    expect(page.location?.searchParams.get('state')).toBe(url.searchParams.get('state'))
    return page.location?.searchParams.get('error') ?? ''
  }

  token(form: Readonly<Record<string, string>>, basic = true): Promise<HttpAnswer> {
    const { client_id, client_secret } = this.client
    const credentials = Buffer.from(`${client_id}:${client_secret}`).toString('base64')
    const body = formBody(basic ? form : { ...form, ...this.client })
    return this.transport({
      method: 'POST',
      url: `${issuer}/protocol/openid-connect/token`,
      body: body.body,
      headers: { ...body.headers, ...(basic ? { authorization: `Basic ${credentials}` } : {}) },
    })
  }

  redemption(code: string, basic = true): Promise<HttpAnswer> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: redirectUri }, basic)
  }

  /** Redeems a code and checks the response as OpenID Connect Core §3.1.3.3 asks. */
  async redeem(code: string, basic = true): Promise<Tokens> {
    const answer = await this.redemption(code, basic)
    expect(answer.status, answer.body).toBe(200)
    expect(answer.headers['cache-control']).toContain('no-store')
    expect(answer.headers['content-type']).toContain('application/json')
    const tokens = JSON.parse(answer.body) as Tokens
    expect(tokens.token_type.toLowerCase()).toBe('bearer')
    expect(tokens.access_token.length).toBeGreaterThan(16)
    return tokens
  }

  /** Verifies an ID token (Core §3.1.3.7) and returns its claims. */
  async idTokenClaims(tokens: Tokens, nonce: string | null): Promise<JWTPayload> {
    const keys = JSON.parse(
      (await this.get(`${issuer}/protocol/openid-connect/certs`)).body,
    ) as JSONWebKeySet
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token, createLocalJWKSet(keys), {
      issuer,
      audience: this.client.client_id,
    })
    expect(protectedHeader.alg).toBe('RS256')
    expect(protectedHeader.kid).toBeDefined()
    expect(payload.sub).toMatch(/^[\x21-\x7e]{1,255}$/)
    if (nonce !== null) expect(payload['nonce']).toBe(nonce)
    else expect(payload['nonce']).toBeUndefined()
    if (Array.isArray(payload.aud) && payload.aud.length > 1) {
      expect(payload['azp']).toBe(this.client.client_id)
    }
    return payload
  }

  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
    return this.transport({ method: 'GET', url, headers })
  }

  /** One whole login: callback, tokens and verified claims. */
  async login(parameters: Readonly<Record<string, string | null>> = {}): Promise<{
    readonly callback: Callback
    readonly first: Page
    readonly tokens: Tokens
    readonly claims: JWTPayload
  }> {
    const { first, url, ...callback } = await this.authorize(parameters)
    const tokens = await this.redeem(callback.code)
    const claims = await this.idTokenClaims(tokens, url.searchParams.get('nonce'))
    return { callback, first, tokens, claims }
  }

  async userinfo(accessToken: string): Promise<Record<string, unknown>> {
    const answer = await this.get(`${issuer}/protocol/openid-connect/userinfo`, {
      authorization: `Bearer ${accessToken}`,
    })
    expect(answer.status, answer.body).toBe(200)
    expect(answer.headers['content-type']).toContain('application/json')
    return JSON.parse(answer.body) as Record<string, unknown>
  }
}
