import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../harness/fixtures.ts'
import { Replay } from './replay.ts'

const { tokens } = fixture<{ tokens: Readonly<Record<string, Readonly<Record<string, unknown>>>> }>(
  'oidc/raw-tokens',
)
/** Refresh tokens have a secret key, which no endpoint publishes. */
const signed = Object.entries(tokens).flatMap(([from, members]) =>
  Object.entries(members)
    .filter((member): member is [string, string] => typeof member[1] === 'string')
    .filter(([, token]) => token.split('.').length === 3)
    .filter(([, token]) => !decodeProtectedHeader(token).alg?.startsWith('HS'))
    .map(([member, token]) => ({ name: `${from}: ${member}`, token })),
)

describe('tokens that Keycloak has issued, where its realm was imported', () => {
  let replay: Replay
  let keys: ReturnType<typeof createLocalJWKSet>
  beforeAll(async () => {
    replay = await Replay.start()
    const response = await fetch(`${replay.server.realmUrl('acme')}/protocol/openid-connect/certs`)
    keys = createLocalJWKSet((await response.json()) as Parameters<typeof createLocalJWKSet>[0])
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it('are among the recordings', () => expect(signed.length).toBeGreaterThan(3))

  it.each(signed)('$name is of a key of the realm, and of no use any more', async ({ token }) => {
    const { iat = 0 } = decodeJwt(token)
    const currentDate = new Date(iat * 1_000)
    await expect(jwtVerify(token, keys, { currentDate })).resolves.toBeDefined()
    const form = { token, client_id: 'web', client_secret: 'web-secret' }
    const url = `${replay.server.realmUrl('acme')}/protocol/openid-connect/token/introspect`
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
    expect(await answer.json()).toEqual({ active: false })
  })
})
