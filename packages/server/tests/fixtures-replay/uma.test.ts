import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { Replay, recordedAs, type Tokens, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/uma')

describe('UMA as Keycloak answers it', () => {
  let replay: Replay
  let alice: Tokens
  let server: Tokens
  beforeAll(async () => {
    replay = await Replay.start()
    const answer = await replay.token({
      grant_type: 'password',
      client_id: 'photoz',
      client_secret: 'photoz-secret',
      username: 'alice',
      password: acmePassword('alice'),
      scope: 'openid',
    })
    alice = tokensOf(answer.body)
    server = await serviceToken('photoz')
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each([
    'all permissions',
    'one permission',
    'permission by uri',
    'response_mode permissions',
    'response_mode decision',
    'denied',
    'unknown resource',
    'unknown scope',
    'unknown audience',
    'audience without authz',
    'bad response_mode',
  ])('%s', async (note) => {
    const headers = { authorization: `Bearer ${alice.access}` }
    await replay.check(recordedAs(exchanges, note), { headers })
  })
  it.each(['no token', 'bad ticket', 'client as subject', 'protection: no token'])(
    '%s',
    async (note) => {
      await replay.check(recordedAs(exchanges, note))
    },
  )
  it.each([
    'protection: list resources',
    'protection: unknown',
    'protection: ticket unknown resource',
    'uma policy list',
    'permission ticket list',
  ])('%s', async (note) => {
    const headers = { authorization: `Bearer ${server.access}` }
    await replay.check(recordedAs(exchanges, note), { headers })
  })
  it('protection: without uma_protection', async () => {
    const headers = { authorization: `Bearer ${alice.access}` }
    await replay.check(recordedAs(exchanges, 'protection: without uma_protection'), { headers })
  })

  async function serviceToken(clientId: string): Promise<Tokens> {
    const answer = await replay.token({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: `${clientId}-secret`,
    })
    return tokensOf(answer.body)
  }
})
