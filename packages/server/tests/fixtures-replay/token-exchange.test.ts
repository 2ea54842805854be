import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { Replay, recordedAs, type Tokens, tokensOf } from './replay.ts'

/** Ids name the kind of the session, which is the subject token's own here; an ID token names its access token (OIDC Core §3.1.3.6). */
const ignore = ['access_token.payload.jti', 'access_token.payload.at_hash']
const exchanges = fixture<RecordedExchange[]>('oidc/token-exchange')

describe('the token exchange as Keycloak answers it', () => {
  let replay: Replay
  let tokens: Tokens
  beforeAll(async () => {
    replay = await Replay.start()
    const { body } = await replay.token({
      grant_type: 'password',
      client_id: 'web',
      client_secret: 'web-secret',
      username: 'alice',
      password: acmePassword('alice'),
      scope: 'openid',
    })
    tokens = tokensOf(body)
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const others: Readonly<Record<string, () => string | undefined>> = {
    'no subject token': () => undefined,
    'garbage subject': () => undefined,
    'refresh token as subject': () => tokens.refresh,
    'id token as subject': () => tokens.id,
  }

  it.each(exchanges.filter(({ note }) => note !== 'subject token not for this client'))(
    '$note',
    async (recorded) => {
      const other = others[recorded.note ?? '']
      const token = other ? other() : tokens.access
      await replay.check(
        recorded,
        token === undefined ? { ignore } : { ignore, form: { subject_token: token } },
      )
    },
  )
  it('subject token not for this client', async () => {
    const { body } = await replay.token({
      grant_type: 'client_credentials',
      client_id: 'svc',
      client_secret: 'svc-secret',
    })
    const live = { form: { subject_token: tokensOf(body).access } }
    await replay.check(recordedAs(exchanges, 'subject token not for this client'), live)
  })
})
