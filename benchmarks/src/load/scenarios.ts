import { createHash, randomBytes } from 'node:crypto'
import { demoPassword, demoRedirectUri, demoSecret } from '@holdfast/server/harness/demo-realm'
import { type Answer, Connection } from './connection.ts'
import type { Operation } from './load.ts'
import { getBytes, postBytes } from './requests.ts'

const oidc = '/realms/demo/protocol/openid-connect'
const app = { client_id: 'app', client_secret: demoSecret('app') }

/** Tokens that a scenario needs before it starts. */
interface Tokens {
  readonly access: string
  readonly refresh: string
  readonly id: string
}

/** A token for a service, nothing written. */
export function clientCredentials(): Operation {
  const bytes = postBytes(`${oidc}/token`, {
    grant_type: 'client_credentials',
    client_id: 'service',
    client_secret: demoSecret('service'),
  })
  return send(bytes)
}

/** Sign-in with name and password at the token endpoint; people take turns. */
export function passwordGrant(people: number): Operation {
  const requests = Array.from({ length: people }, (_, index) => {
    const username = `person-${index}`
    const form = { grant_type: 'password', ...app, username, password: demoPassword(username) }
    return postBytes(`${oidc}/token`, { ...form, scope: 'openid' })
  })
  let next = 0
  return async (connection) => (await connection.request(at(requests, next++))).status === 200
}

/** Refreshes of one session per connection. */
export async function refresh(port: number, sessions: number): Promise<Operation> {
  const requests: Buffer[] = []
  for (let index = 0; index < sessions; index++) {
    const tokens = await signedIn(port, `person-${index % 10}`)
    const form = { grant_type: 'refresh_token', ...app, refresh_token: tokens.refresh }
    requests.push(postBytes(`${oidc}/token`, form))
  }
  return async (connection, index) => (await connection.request(at(requests, index))).status === 200
}

export async function userinfo(port: number): Promise<Operation> {
  const { access } = await signedIn(port, 'person-0')
  return send(getBytes(`${oidc}/userinfo`, { Authorization: `Bearer ${access}` }))
}

/** Introspection by the API that the token is meant for. */
export async function introspection(port: number): Promise<Operation> {
  const { access } = await signedIn(port, 'person-0')
  const bytes = postBytes(`${oidc}/token/introspect`, {
    client_id: 'api',
    client_secret: demoSecret('api'),
    token: access,
  })
  return async (connection) => {
    const answer = await connection.request(bytes)
    return answer.status === 200 && answer.body.includes('"active":true')
  }
}

export function discovery(): Operation {
  return send(getBytes('/realms/demo/.well-known/openid-configuration'))
}

export function jwks(): Operation {
  return send(getBytes(`${oidc}/certs`))
}

/** First page of a login and nothing more. */
export function loginPage(): Operation {
  return send(getBytes(authorizationPath().path))
}

/** A whole browser login with code and PKCE: page, form, redemption. */
export function browserLogin(people: number): Operation {
  let next = 0
  return async (connection) => {
    const username = `person-${next++ % people}`
    return (await login(connection, username)) !== null
  }
}

/** A browser login and the logout of its session. */
export function loginAndLogout(people: number): Operation {
  let next = 0
  return async (connection) => {
    const tokens = await login(connection, `person-${next++ % people}`)
    if (tokens === null) return false
    return (await connection.request(logoutBytes(tokens))).status === 204
  }
}

/** Logouts of sessions that were made before. */
export async function logout(port: number, sessions: number): Promise<Operation> {
  const requests: Buffer[] = []
  for (let index = 0; index < sessions; index++) {
    requests.push(logoutBytes(await signedIn(port, `person-${index % 10}`)))
  }
  let next = 0
  return async (connection) => (await connection.request(at(requests, next++))).status === 204
}

/** One login to five refreshes, as Keycloak's published sizing tests mix them. */
export function mixed(people: number): Operation {
  let next = 0
  return async (connection) => {
    const tokens = await login(connection, `person-${next++ % people}`)
    if (tokens === null) return false
    const bytes = postBytes(`${oidc}/token`, {
      grant_type: 'refresh_token',
      ...app,
      refresh_token: tokens.refresh,
    })
    for (let count = 0; count < 5; count++) {
      if ((await connection.request(bytes)).status !== 200) return false
    }
    return true
  }
}

function logoutBytes(tokens: Tokens): Buffer {
  return postBytes(`${oidc}/logout`, { ...app, refresh_token: tokens.refresh })
}

/** The requests in turn, for ever. */
function at(requests: readonly Buffer[], index: number): Buffer {
  return requests[index % requests.length] ?? Buffer.alloc(0)
}

function send(bytes: Buffer): Operation {
  return async (connection) => (await connection.request(bytes)).status === 200
}

function authorizationPath(): { path: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: 'app',
    redirect_uri: demoRedirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 'state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  return { path: `${oidc}/auth?${query}`, verifier }
}

/** The three requests of a browser login on one connection; null when one of them goes wrong. */
async function login(connection: Connection, username: string): Promise<Tokens | null> {
  const { path, verifier } = authorizationPath()
  const page = await connection.request(getBytes(path))
  const action = formAction(page)
  if (page.status !== 200 || action === null) return null
  const form = { username, password: demoPassword(username), credentialId: '' }
  const posted = await connection.request(postBytes(action, form, { Cookie: cookiesOf(page) }))
  const code = /[?&]code=([^&\s]+)/.exec(posted.head.toString('latin1'))?.[1]
  if (posted.status !== 302 || code === undefined) return null
  const redeemed = await connection.request(
    postBytes(`${oidc}/token`, {
      grant_type: 'authorization_code',
      code: decodeURIComponent(code),
      redirect_uri: demoRedirectUri,
      code_verifier: verifier,
      ...app,
    }),
  )
  return redeemed.status === 200 ? tokensOf(redeemed) : null
}

/** Path and query of the login form's action. */
function formAction(page: Answer): string | null {
  const html = page.body.toString('utf8')
  const form = html.slice(html.indexOf('id="kc-form-login"') - 300)
  const action = /action="([^"]+)"/.exec(form)?.[1]?.replaceAll('&amp;', '&')
  if (action === undefined) return null
  const url = new URL(action, 'http://127.0.0.1:8080')
  return `${url.pathname}${url.search}`
}

function cookiesOf(answer: Answer): string {
  const lines = answer.head.toString('latin1').matchAll(/^set-cookie: ([^;\r]+)/gim)
  return [...lines].map(([, pair]) => pair).join('; ')
}

function tokensOf(answer: Answer): Tokens {
  const members = JSON.parse(answer.body.toString('utf8')) as Record<string, string>
  return {
    access: members['access_token'] ?? '',
    refresh: members['refresh_token'] ?? '',
    id: members['id_token'] ?? '',
  }
}

/** @throws when the login does not work at all, so that a benchmark stops with the reason */
async function signedIn(port: number, username: string): Promise<Tokens> {
  const connection = new Connection(port)
  const tokens = await login(connection, username)
  connection.close()
  if (tokens === null) throw new Error(`${username} cannot sign in`)
  return tokens
}
