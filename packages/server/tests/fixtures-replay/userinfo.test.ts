import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { formBody, HttpClient } from '../harness/http-exchange.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { Replay, recordedAs, type Tokens, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/userinfo')

describe('userinfo as Keycloak answers it', () => {
  let replay: Replay
  let tokens: Tokens
  beforeAll(async () => {
    replay = await Replay.start()
    tokens = await replay.login({ username: 'alice' })
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const check = async (note: string, token?: string): Promise<void> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
    await replay.check(recordedAs(exchanges, note), { headers })
  }

  it.each([
    'ok',
    'POST with header',
    'accept jwt on plain client',
    'with origin',
    'with foreign origin',
  ])('%s', (note) => check(note, tokens.access))
  it('POST with form', async () => {
    await replay.check(recordedAs(exchanges, 'POST with form'), {
      form: { access_token: tokens.access },
    })
  })
  it('query parameter', async () => {
    await replay.check(recordedAs(exchanges, 'query parameter'), {
      query: { access_token: tokens.access },
    })
  })
  it.each(['no token', 'garbage', 'malformed header', 'basic'])('%s', (note) => check(note))
  it('refresh token', () => check('refresh token', tokens.refresh))
  it('id token', () => check('id token', tokens.id))
  it('every mapper', async () => {
    const mapped = await replay.login({
      username: 'alice',
      clientId: 'mappers',
      scope: 'openid',
    })
    await check('every mapper', mapped.access)
  })
  it('service account without openid scope', async () => {
    const { access } = await granted({
      grant_type: 'client_credentials',
      client_id: 'svc',
      client_secret: 'svc-secret',
    })
    await check('service account without openid scope', access)
  })
  it('token without openid scope', async () => {
    await check('token without openid scope', (await passwordGrant('web', '')).access)
  })
  it('lightweight token', async () => {
    await check('lightweight token', (await passwordGrant('light', 'openid')).access)
  })
  it('admin-cli token of master realm', async () => {
    const answer = await new HttpClient().send({
      method: 'POST',
      url: `${replay.server.realmUrl('master')}/protocol/openid-connect/token`,
      ...formBody({ grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }),
    })
    await check('admin-cli token of master realm', tokensOf(answer.body).access)
  })

  async function granted(form: Record<string, string>): Promise<Tokens> {
    return tokensOf((await replay.token(form)).body)
  }
  function passwordGrant(clientId: string, scope: string): Promise<Tokens> {
    return granted({
      grant_type: 'password',
      client_id: clientId,
      client_secret: `${clientId}-secret`,
      username: 'alice',
      password: acmePassword('alice'),
      ...(scope === '' ? {} : { scope }),
    })
  }
})
