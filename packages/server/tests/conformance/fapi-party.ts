import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { expect } from 'vitest'
import { type TestCertificate, TestCertificates } from '../harness/certificates.ts'
import { formBody, type HttpAnswer } from '../harness/http-exchange.ts'
import { pkcePair, signIn } from '../harness/login.ts'
import { startTestServer } from '../harness/test-server.ts'
import { issuer, person, personInRealm, RelyingParty, redirectUri } from './relying-party.ts'

const connect = `${issuer}/protocol/openid-connect`
export const tokenUrl = `${connect}/token`
export const pushUrl = `${connect}/ext/par/request`
export const userinfoUrl = `${connect}/userinfo`

export type Changes = Readonly<Record<string, unknown>>
type Form = Readonly<Record<string, string>>

/** Somebody with a key, and what they sign with it. */
export class Signer {
  readonly jwk: JWK
  readonly #privateKey: CryptoKey
  readonly #algorithm: string

  private constructor(jwk: JWK, privateKey: CryptoKey, algorithm: string) {
    this.jwk = jwk
    this.#privateKey = privateKey
    this.#algorithm = algorithm
  }

  static async create(algorithm = 'PS256'): Promise<Signer> {
    const pair = await generateKeyPair(algorithm, { extractable: true })
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: randomUUID() }
    return new Signer(jwk, pair.privateKey, algorithm)
  }

  /** @param claims those that are undefined are left out */
  async sign(claims: Changes, header: Changes = {}): Promise<string> {
    const present = Object.entries(claims).filter(([, value]) => value !== undefined)
    return await new SignJWT(Object.fromEntries(present))
      .setProtectedHeader({ alg: this.#algorithm, kid: this.jwk.kid, ...header } as never)
      .sign(this.#privateKey)
  }
}

/** What of a request of {@link FapiParty} differs from a good one. */
export interface RequestChanges {
  readonly client?: number
  readonly form?: Form
  readonly assertion?: Changes
  /** Undefined: none. */
  readonly proof?: string | undefined
  readonly certificate?: TestCertificate | undefined
}

const now = () => Math.floor(Date.now() / 1_000)

/** Two clients of a realm whose policy has one of the profiles of FAPI, and one browser. */
export class FapiParty implements AsyncDisposable {
  readonly party: RelyingParty
  readonly clients: readonly Signer[]
  readonly holder: Signer
  readonly certificates: TestCertificates
  readonly certificate: TestCertificate
  verifier = ''

  private constructor(
    party: RelyingParty,
    clients: readonly Signer[],
    holder: Signer,
    certificates: TestCertificates,
  ) {
    this.party = party
    this.clients = clients
    this.holder = holder
    this.certificates = certificates
    this.certificate = certificates.make('/CN=client-1')
  }

  /**
   * @param profiles names of the realm's global profiles
   * @param settings of both clients
   * @param around attributes of their realm, and options of the server
   */
  static async start(
    profiles: string | readonly string[],
    settings: Changes,
    around: { readonly attributes?: Form; readonly options?: readonly string[] } = {},
  ): Promise<FapiParty> {
    const clients = [await Signer.create(), await Signer.create()]
    const policies = [
      {
        name: 'fapi',
        enabled: true,
        conditions: [{ condition: 'any-client', configuration: {} }],
        profiles: [profiles].flat(),
      },
    ]
    const { attributes = {}, ...others } = settings as { attributes?: Form }
    const realm = {
      realm: 'conformance',
      enabled: true,
      attributes: around.attributes ?? {},
      clientPolicies: { policies },
      clients: clients.map(({ jwk }, index) => ({
        clientId: `client-${index + 1}`,
        clientAuthenticatorType: 'client-jwt',
        redirectUris: [redirectUri],
        ...others,
        attributes: {
          'use.jwks.string': 'true',
          'jwks.string': JSON.stringify({ keys: [jwk] }),
          'id.token.signed.response.alg': 'PS256',
          'access.token.signed.response.alg': 'PS256',
          'x509.subjectdn': `CN=client-${index + 1}`,
          ...attributes,
        },
      })),
      users: [personInRealm],
    }
    const options = [
      '--proxy-headers=xforwarded',
      '--spi-x509cert-lookup--provider=haproxy',
      '--spi-x509cert-lookup--haproxy--ssl-client-cert=ssl-client-cert',
      ...(around.options ?? []),
    ]
    const server = await startTestServer({ options, realms: [realm] })
    const holder = await Signer.create('ES256')
    return new FapiParty(new RelyingParty(server), clients, holder, new TestCertificates())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.certificates[Symbol.dispose]()
    await this.party[Symbol.asyncDispose]()
  }

  /** A client assertion (RFC 7523) as the profiles want it. */
  async assertion(client: number, changes: Changes = {}, signer?: Signer): Promise<Form> {
    const id = `client-${client + 1}`
    const usual = { iss: id, sub: id, aud: issuer, jti: randomUUID(), iat: now(), exp: now() + 60 }
    const by = signer ?? (this.clients[client] as Signer)
    return {
      client_id: id,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await by.sign({ ...usual, ...changes }),
    }
  }

  /** A DPoP proof. */
  async proof(
    method: string,
    url: string,
    changes: Changes & { accessToken?: string } = {},
    holder = this.holder,
  ): Promise<string> {
    const { accessToken, ...others } = changes
    const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url')
    const { kid: _, ...jwk } = holder.jwk
    const claims = { jti: randomUUID(), htm: method, htu: url, iat: now(), ath, ...others }
    return await holder.sign(claims, { typ: 'dpop+jwt', jwk })
  }

  /** An authorization request, with a new challenge. */
  request(changes: Readonly<Record<string, string | null>> = {}): Record<string, string> {
    const pkce = pkcePair()
    this.verifier = pkce.verifier
    const all = {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid',
      state: randomBytes(8).toString('hex'),
      nonce: randomBytes(8).toString('hex'),
      code_challenge: pkce.challenge,
      code_challenge_method: 'S256',
      ...changes,
    }
    const present = Object.entries(all).filter(([, value]) => value !== null)
    return Object.fromEntries(present) as Record<string, string>
  }

  async post(url: string, form: Form, changes: RequestChanges = {}): Promise<HttpAnswer> {
    const { client = 0, proof, certificate } = changes
    const complete = {
      ...(await this.assertion(client, changes.assertion)),
      ...form,
      ...changes.form,
    }
    const { body, headers } = formBody(complete)
    return await this.party.transport({
      method: 'POST',
      url,
      body,
      headers: {
        ...headers,
        ...(proof === undefined ? {} : { dpop: proof }),
        ...(certificate === undefined ? {} : { 'ssl-client-cert': certificate.der }),
      },
    })
  }

  /** Pushes a request. @returns its `request_uri` */
  async push(form: Form, changes: RequestChanges = {}): Promise<string> {
    const answer = await this.post(pushUrl, form, changes)
    expect(answer.status, answer.body).toBe(201)
    const pushed = JSON.parse(answer.body) as { request_uri: string; expires_in: number }
    expect(pushed.expires_in).toBeLessThan(600)
    return pushed.request_uri
  }

  /** Sends the browser to the authorization endpoint, and signs in when asked. @returns what the client gets, or null for a page */
  async authorize(parameters: Form): Promise<URLSearchParams | null> {
    const url = new URL(`${connect}/auth`)
    url.search = new URLSearchParams({ client_id: 'client-1', ...parameters }).toString()
    const first = await this.party.browser.get(url)
    const page =
      first.location === null && first.status === 200
        ? await signIn(this.party.browser, first, person)
        : first
    if (page.location === null) return null
    expect(page.location.origin + page.location.pathname).toBe(redirectUri)
    const told = new URLSearchParams(page.location.search || page.location.hash.slice(1))
    return told
  }

  /** @returns a code for a pushed request */
  async code(
    changes: Readonly<Record<string, string | null>> = {},
    pushed: RequestChanges = {},
  ): Promise<string> {
    const uri = await this.push(this.request(changes), pushed)
    const told = await this.authorize({ request_uri: uri })
    expect(told?.get('iss')).toBe(issuer)
    return told?.get('code') ?? ''
  }

  /** Redeems a code with a new proof, unless something else is given. */
  async redeem(code: string, changes: RequestChanges = {}): Promise<HttpAnswer> {
    const form = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: this.verifier,
    }
    const proof = 'proof' in changes ? changes.proof : await this.proof('POST', tokenUrl)
    return await this.post(tokenUrl, form, { ...changes, proof })
  }
}

/** Says an answer in a line: its status and error. */
export function errorOf({ status, body }: HttpAnswer): string {
  return `${status} ${(JSON.parse(body || '{}') as { error?: string }).error ?? ''}`
}
