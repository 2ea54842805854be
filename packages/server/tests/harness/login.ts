import { createHash, randomBytes } from 'node:crypto'
import type { Browser, Page } from './browser.ts'

/** Forms that a scripted user answers before the test gives up. */
const stepsMax = 8

/** What the scripted user knows. */
export interface Person {
  readonly username: string
  readonly password: string
  /** One-time code for the OTP form. */
  readonly otp?: () => string
}

/** What an authorization request asks for; everything else has the value that most tests want. */
export interface AuthorizationRequest {
  readonly realmUrl: string
  readonly clientId: string
  readonly redirectUri: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** Address of an authorization request, with `response_type=code` and `scope=openid` unless said otherwise. */
export function authorizationUrl(request: AuthorizationRequest): URL {
  const url = new URL(`${request.realmUrl}/protocol/openid-connect/auth`)
  url.search = new URLSearchParams({
    response_type: 'code',
    scope: 'openid',
    client_id: request.clientId,
    redirect_uri: request.redirectUri,
    ...request.parameters,
  }).toString()
  return url
}

/** A PKCE pair with method S256 (RFC 7636). */
export function pkcePair(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/**
 * Answers the login forms until the server has none left that the person can answer.
 * @returns the page where it ended: usually the redirect to the client
 */
export async function signIn(browser: Browser, first: Page, person: Person): Promise<Page> {
  let page = first
  for (let step = 0; step < stepsMax; step++) {
    const next = await answer(browser, page, person)
    if (next === null) return page
    page = next
  }
  throw new Error(`still not signed in after ${stepsMax} forms: ${page.describe()}`)
}

function answer(browser: Browser, page: Page, person: Person): Promise<Page> | null {
  if (page.location !== null || page.status !== 200) return null
  const form = page.forms.find(
    ({ id }) => id === 'kc-form-login' || id === 'kc-otp-login-form' || id === 'kc-u2f-login-form',
  )
  if (form === undefined) return null
  const names = new Set(form.controls.map(({ name }) => name))
  if (names.has('otp')) {
    if (person.otp === undefined) return null
    return browser.submit(page, { otp: person.otp() }, { form: form.id })
  }
  const values: Record<string, string> = {}
  if (names.has('username')) values['username'] = person.username
  if (names.has('password')) values['password'] = person.password
  if (Object.keys(values).length === 0) return null
  return browser.submit(page, values, { form: form.id })
}

/** The answer of an authorization request as the client receives it. */
export interface AuthorizationResponse {
  readonly parameters: URLSearchParams
  readonly code: string
}

/**
 * Reads the redirect to the client (query or fragment).
 * @throws when the page is no redirect or carries an error instead of a code
 */
export function authorizationResponse(page: Page): AuthorizationResponse {
  const location = page.location
  if (location === null) throw new Error(`no redirect to the client: ${page.describe()}`)
  const parameters = new URLSearchParams(
    location.hash === '' ? location.search : location.hash.slice(1),
  )
  const code = parameters.get('code')
  if (code === null) throw new Error(`no code in ${location.href}`)
  return { parameters, code }
}
