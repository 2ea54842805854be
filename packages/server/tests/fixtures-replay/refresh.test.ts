import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmeRealm, fixture } from '../harness/fixtures.ts'
import { formBody, HttpClient } from '../harness/http-exchange.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { acmeRedirectUri, Replay, recordedAs, type Tokens, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/refresh')

describe('refresh_token grant as Keycloak answers it', () => {
  let replay: Replay
  let tokens: Tokens
  const http = new HttpClient()
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const refreshed = async (note: string, refreshToken = tokens.refresh): Promise<void> => {
    await replay.check(recordedAs(exchanges, note), { form: { refresh_token: refreshToken } })
  }
  const signIn = async (note: string, username: string): Promise<void> => {
    const code = await replay.code({ username, browser: new Browser() })
    const answer = await replay.check(recordedAs(exchanges, note), {
      form: { code, redirect_uri: acmeRedirectUri },
    })
    tokens = tokensOf(answer.body)
  }

  describe('without rotation', () => {
    // Every test has tokens of its own: none needs what another one did.
    beforeEach(() => signIn('login', 'alice'))

    it.each([
      'refresh',
      'narrower scope',
      'wider scope',
      'unknown scope',
      'other client',
      'wrong client secret',
    ])('%s', (note) => refreshed(note))
    it('same refresh token again (revokeRefreshToken off)', async () => {
      await refreshed('refresh')
      await refreshed('same refresh token again (revokeRefreshToken off)')
    })
    it.each(['missing', 'garbage'])('%s', async (note) => {
      await replay.check(recordedAs(exchanges, note))
    })
    it('access token instead', () => refreshed('access token instead', tokens.access))
    it('tampered signature', () => refreshed('tampered signature', tampered(tokens.refresh)))

    it('offline refresh', async () => {
      const offline = await replay.login({
        username: 'alice',
        scope: 'openid offline_access calendar orders:read',
      })
      await refreshed('offline refresh', offline.refresh)
    })

    it('refresh after admin logout', async () => {
      await signIn('bob logs in', 'bob')
      await admin('POST', `users/${subjectOf(tokens.access)}/logout`)
      await refreshed('refresh after admin logout')
    })

    it('refresh, user disabled', async () => {
      await signIn('bob logs in', 'bob')
      const id = subjectOf(tokens.access)
      await admin('PUT', `users/${id}`, { enabled: false })
      await refreshed('refresh, user disabled')
      await admin('PUT', `users/${id}`, { enabled: true })
    })
  })

  describe('with rotation', () => {
    beforeAll(() =>
      admin('PUT', '', {
        realm: 'acme',
        revokeRefreshToken: true,
        refreshTokenMaxReuse: 0,
        // Keycloak gives no time for answers that were lost.
        attributes: { ...(acmeRealm()['attributes'] as object), refreshTokenGracePeriod: '0' },
      }),
    )

    it('refuses the second use and what followed the first', async () => {
      await signIn('login, rotation on', 'alice')
      const first = await replay.check(recordedAs(exchanges, 'rotation: first use'), {
        form: { refresh_token: tokens.refresh },
      })
      await refreshed('rotation: reuse of the old')
      await refreshed('rotation: the newer one after the reuse', tokensOf(first.body).refresh)
    })
  })

  async function admin(method: string, path: string, body?: unknown): Promise<void> {
    const grant = await http.send({
      method: 'POST',
      url: `${replay.server.realmUrl('master')}/protocol/openid-connect/token`,
      ...formBody({ grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }),
    })
    const answer = await http.send({
      method,
      url: `${replay.origin}/admin/realms/acme${path === '' ? '' : `/${path}`}`,
      headers: {
        authorization: `Bearer ${tokensOf(grant.body).access}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(answer.status, answer.body).toBe(204)
  }
})

function subjectOf(token: string): string {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')
  return (JSON.parse(payload) as { sub: string }).sub
}

function tampered(token: string): string {
  const [header, payload, signature = ''] = token.split('.')
  const first = signature.startsWith('A') ? 'B' : 'A'
  return `${header}.${payload}.${first}${signature.slice(1)}`
}
