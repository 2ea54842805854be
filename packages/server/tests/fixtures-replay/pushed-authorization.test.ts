import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { Replay, recordedAs, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/par')

describe('pushed authorization requests as Keycloak answers them', () => {
  let replay: Replay
  let used = ''
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const push = async (): Promise<string> => {
    const answer = await replay.check(recordedAs(exchanges, 'ok'))
    return (JSON.parse(answer.body) as { request_uri: string }).request_uri
  }

  it('a login by a pushed request', async () => {
    const browser = new Browser()
    used = await push()
    const first = recordedAs(exchanges, 'authorization with the pushed request')
    // Keycloak redirects to the page's own address here.
    const answer = await replay.send(first, { query: { request_uri: used }, browser })
    expect(answer.status).toBe(200)
    const asked = await browser.submit(replay.page(first, answer), { username: 'alice' })
    const done = await browser.submit(asked, { password: 'alice-Passw0rd' })
    // The recording's browser did not keep what restarts a login, so nothing had to take it away.
    replay.compare(recordedAs(exchanges, 'after login'), done.answer, ['set-cookie'])
    const code = done.location?.searchParams.get('code') ?? ''
    const tokens = await replay.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'http://127.0.0.1:3000/cb',
      client_id: 'web',
      client_secret: 'web-secret',
    })
    const [, claims = ''] = tokensOf(tokens.body).id.split('.')
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({ nonce: 'np' })
  })

  it('request_uri used twice', async () => {
    const recorded = recordedAs(exchanges, 'request_uri used twice')
    await replay.check(recorded, { query: { request_uri: used } })
  })

  it('request_uri of another client', async () => {
    const recorded = recordedAs(exchanges, 'request_uri of another client')
    await replay.check(recorded, { query: { request_uri: await push() } })
  })

  it.each([
    'unknown request_uri',
    'public client with PKCE',
    'bad redirect',
    'request_uri inside',
    'no response_type',
    'unknown scope',
    'no redirect',
    'GET',
    'bad pkce',
  ])('%s', async (note) => {
    await replay.check(recordedAs(exchanges, note))
  })

  it.each(['no client auth', 'wrong secret'])('%s, with the error of RFC 9126', async (note) => {
    const recorded = recordedAs(exchanges, note)
    const body = { ...(recorded.body as object), error: 'invalid_client' }
    await replay.check({ ...recorded, body })
  })

  it('garbage request', async () => {
    // Keycloak sets a cookie for a page here, though it shows none.
    await replay.check(recordedAs(exchanges, 'garbage request'), { ignore: ['set-cookie'] })
  })
})
