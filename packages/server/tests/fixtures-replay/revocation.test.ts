import { afterAll, beforeAll, describe, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { pkcePair } from '../harness/login.ts'
import { acmeRedirectUri, Replay, recordedAs, type Tokens, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/revocation')

describe('revocation as Keycloak answers it', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const check = async (note: string, form: Record<string, string> = {}): Promise<void> => {
    await replay.check(recordedAs(exchanges, note), { form })
  }
  const revoked = async (kind: 'access' | 'refresh'): Promise<Tokens> => {
    const tokens = await replay.login({ username: 'bob' })
    await check(`${kind} token`, { token: tokens[kind] })
    return tokens
  }

  it('an access token is revoked, and userinfo refuses it', async () => {
    const headers = { authorization: `Bearer ${(await revoked('access')).access}` }
    await replay.check(recordedAs(exchanges, 'userinfo after'), { headers })
  })
  it('a revoked access token is not active', async () => {
    await check('introspect after', { token: (await revoked('access')).access })
  })
  it('the refresh token beside a revoked access token still works', async () => {
    await check('refresh still works', { refresh_token: (await revoked('access')).refresh })
  })
  it('a revoked refresh token is refused', async () => {
    await check('refresh after', { refresh_token: (await revoked('refresh')).refresh })
  })
  it('a refresh token is revoked twice alike', async () => {
    await check('again', { token: (await revoked('refresh')).refresh })
  })
  it.each(['garbage', 'no token', 'no client', 'wrong secret', 'GET', 'duplicate token'])(
    '%s',
    async (note) => {
      await replay.check(recordedAs(exchanges, note))
    },
  )
  it('bad hint', async () => {
    const { access } = await replay.login({ username: 'alice' })
    await check('bad hint', { token: access })
  })
  it('token of another client', async () => {
    const { access } = await replay.login({ username: 'alice' })
    await check('token of another client', { token: access })
  })
  it('id token', async () => {
    const { id } = await replay.login({ username: 'alice' })
    await check('id token', { token: id })
  })
  it('public client own token', async () => {
    const { verifier, challenge } = pkcePair()
    const code = await replay.code({
      username: 'alice',
      clientId: 'spa',
      browser: new Browser(),
      parameters: { code_challenge: challenge, code_challenge_method: 'S256' },
    })
    const answer = await replay.token({
      grant_type: 'authorization_code',
      code,
      client_id: 'spa',
      redirect_uri: acmeRedirectUri,
      code_verifier: verifier,
    })
    await check('public client own token', { token: tokensOf(answer.body).access })
  })
})
