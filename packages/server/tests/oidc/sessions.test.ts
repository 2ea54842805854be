import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { acmePassword } from '../harness/fixtures.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { sessionsAreRows } from '../harness/remote-sessions.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const redirectUri = 'http://127.0.0.1:3000/cb'
const client = { client_id: 'web', client_secret: 'web-secret' }

describe('sessions, codes and refresh tokens', () => {
  let server: TestServer
  let endpoint: string

  beforeAll(async () => {
    server = await startTestServer()
    endpoint = `${server.realmUrl('acme')}/protocol/openid-connect`
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  async function post(path: string, form: Record<string, string>) {
    const body = new URLSearchParams({ ...client, ...form })
    const answer = await fetch(`${endpoint}${path}`, { method: 'POST', body })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
  }

  const login = (scope = 'openid') =>
    post('/token', {
      grant_type: 'password',
      username: 'alice',
      password: acmePassword('alice'),
      scope,
    })

  const refresh = (token: string) =>
    post('/token', { grant_type: 'refresh_token', refresh_token: token })

  async function clientSessions(): Promise<number> {
    const [row] = await server.database.query<{ n: string }>(
      'SELECT count(*) AS n FROM client_session',
    )
    return Number(row?.n)
  }

  async function newCode(): Promise<string> {
    const browser = new Browser()
    const request = { realmUrl: server.realmUrl('acme'), clientId: 'web', redirectUri }
    const first = await browser.get(authorizationUrl(request).href)
    const person = { username: 'alice', password: acmePassword('alice') }
    return authorizationResponse(await signIn(browser, first, person)).code
  }

  // RFC 6749 §4.1.2
  it('lets one of fifty parallel redemptions of a code succeed', async () => {
    const code = await newCode()
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('/token', form)))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, ...Array.from({ length: 49 }, () => 400)])
  })

  it('keeps a session when somebody presents a forged code of it', async () => {
    const code = await newCode()
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const { body } = await post('/token', form)
    const forged = `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}${code.slice(36)}`
    const refused = await post('/token', { ...form, code: forged })
    expect(refused.body.error_description).toBe('Code not valid')
    expect((await refresh(body.refresh_token)).status).toBe(200)
    await post('/token', form)
    expect((await refresh(body.refresh_token)).status).toBe(400)
  })

  // RFC 6749 §4.1.3
  it('consumes a code also when its verifier is wrong', async () => {
    const code = await newCode()
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const wrong = await post('/token', { ...form, redirect_uri: `${redirectUri}x` })
    expect(wrong.body.error_description).toBe('Incorrect redirect_uri')
    expect((await post('/token', form)).body.error_description).toBe('Code not valid')
  })

  // RFC 6749 §5.2
  it('consumes a code that another client presents, and puts nothing under the session', async () => {
    const code = await newCode()
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    const before = await clientSessions()
    const other = { client_id: 'narrow', client_secret: 'narrow-secret' }
    expect((await post('/token', { ...form, ...other })).status).toBe(400)
    expect((await post('/token', form)).body.error_description).toBe('Code not valid')
    expect(await clientSessions()).toBe(before)
  })

  // RFC 6749 §4.1.2
  it('says of a code that has expired that it has, however often it is shown', async () => {
    const code = await newCode()
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
    await server.database.query(
      `UPDATE single_use_object SET notes = jsonb_set(notes, '{code,expiresAt}', '1') WHERE notes ? 'code'`,
    )
    for (let count = 0; count < 2; count += 1) {
      expect((await post('/token', form)).body.error_description).toBe('Code is expired')
    }
  })

  it('writes one transaction for a redemption and none that waits for a refresh', async () => {
    const { body } = await login()
    const before = await clientSessions()
    for (let index = 0; index < 5; index += 1) {
      expect((await refresh(body.refresh_token)).status).toBe(200)
    }
    expect(await clientSessions()).toBe(before)
  })

  it.runIf(sessionsAreRows)('keeps an offline session when the online one ends', async () => {
    const { body } = await login('openid offline_access')
    await server.database.query('DELETE FROM user_session WHERE id = $1 AND NOT offline', [
      body.session_state,
    ])
    expect((await refresh(body.refresh_token)).status).toBe(200)
    const revoked = await post('/revoke', { token: body.refresh_token })
    expect(revoked.status).toBe(200)
    expect((await refresh(body.refresh_token)).body.error_description).toBe(
      'Offline user session not found',
    )
  })

  it.runIf(sessionsAreRows)('judges a session by the settings of now', async () => {
    const { body } = await login()
    await server.database.query(
      'UPDATE user_session SET last_access = last_access - 1801000 WHERE id = $1',
      [body.session_state],
    )
    expect((await refresh(body.refresh_token)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Session not active',
    })
  })
})
