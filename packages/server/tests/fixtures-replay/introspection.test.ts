import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { Replay, recordedAs, type Tokens, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/introspection')
const byAudience = fixture<RecordedExchange[]>('oidc/introspection-audience')

describe('introspection as Keycloak answers it', () => {
  let replay: Replay
  let tokens: Tokens
  beforeAll(async () => {
    replay = await Replay.start()
    tokens = await replay.login({ username: 'alice' })
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const check = async (recorded: RecordedExchange, token?: string): Promise<void> => {
    await replay.check(recorded, token === undefined ? {} : { form: { token } })
  }

  it.each([
    'access token',
    'access token, hint',
    'accept jwt',
    'other client not in audience',
    'bearer-only client',
    'unknown hint',
    'no client auth',
    'public client',
    'wrong secret',
    'rpt hint with access token',
  ])('%s', (note) => check(recordedAs(exchanges, note), tokens.access))
  it.each(['garbage', 'no token', 'GET'])('%s', (note) => check(recordedAs(exchanges, note)))
  it.each(['refresh token', 'refresh token without hint'])('%s', (note) =>
    check(recordedAs(exchanges, note), tokens.refresh),
  )
  it('id token', () => check(recordedAs(exchanges, 'id token'), tokens.id))
  it('lightweight token', async () => {
    await check(recordedAs(exchanges, 'lightweight token'), await serviceToken('light'))
  })
  it('service account token', async () => {
    await check(recordedAs(exchanges, 'service account token'), await serviceToken('svc'))
  })

  describe('of tokens from the password grant', () => {
    let granted: Tokens
    beforeAll(async () => {
      const answer = await replay.token({
        grant_type: 'password',
        client_id: 'web',
        client_secret: 'web-secret',
        username: 'alice',
        password: acmePassword('alice'),
        scope: 'openid',
      })
      granted = tokensOf(answer.body)
    })

    it.each([
      'issuing client itself, not in aud',
      'client in aud',
      'bearer-only client in aud',
      'client in aud, Accept: application/jwt, not enabled',
    ])('%s', (note) => check(recordedAs(byAudience, note), granted.access))
    it.each(['refresh token by its client', 'refresh token by another client'])('%s', (note) =>
      check(recordedAs(byAudience, note), granted.refresh),
    )
    it('id token by its client', () =>
      check(recordedAs(byAudience, 'id token by its client'), granted.id))
  })

  async function serviceToken(clientId: string): Promise<string> {
    const answer = await replay.token({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: `${clientId}-secret`,
    })
    return tokensOf(answer.body).access
  }
})
