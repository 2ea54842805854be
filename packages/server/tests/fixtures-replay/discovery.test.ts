import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { formBody, HttpClient } from '../harness/http-exchange.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { Replay, tokensOf } from './replay.ts'

const realms = ['acme', 'fresh']
const documents = [
  'openid-configuration',
  'oauth-authorization-server',
  'rfc8414-path',
  'rfc8414-openid-path',
  'jwks',
  'realm-info',
  'realm-trailing-slash',
  'login-status-iframe',
  '3p-cookies-step1',
  'unknown-well-known',
  'protocol-unknown',
]

describe('public documents as Keycloak publishes them', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
    await createFreshRealm(replay)
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each(realms.flatMap((realm) => documents.map((name) => `${realm}.${name}`)))(
    '%s',
    async (name) => {
      const recorded = fixture<RecordedExchange>(`discovery/${name}`)
      await replay.check(recorded, { ignore: ['html'] })
    },
  )

  it.each(
    fixture<RecordedExchange[]>('discovery/other-paths').map(
      (recorded) => [`${recorded.request?.method} ${recorded.request?.path}`, recorded] as const,
    ),
  )('%s', async (_name, recorded) => {
    await replay.check(recorded, { ignore: ['html'] })
  })

  it.each(
    fixture<RecordedExchange[]>('discovery/cors').map(
      (recorded) =>
        [
          `CORS ${recorded.request?.method} ${recorded.request?.path} from ${recorded.request?.headers?.['Origin']}`,
          recorded,
        ] as const,
    ),
  )('%s', async (_name, recorded) => {
    await replay.check(recorded, { ignore: ['html'] })
  })

  it('publishes the same keys as the realm that was imported', async () => {
    const recorded = fixture<{ body: { keys: { kid: string }[] } }>('discovery/acme.jwks')
    const answer = await new HttpClient().send({
      method: 'GET',
      url: `${replay.server.realmUrl('acme')}/protocol/openid-connect/certs`,
    })
    const { keys } = JSON.parse(answer.body) as { keys: { kid: string }[] }
    const byId = (a: { kid: string }, b: { kid: string }): number => a.kid.localeCompare(b.kid)
    expect(keys.toSorted(byId)).toEqual(recorded.body.keys.toSorted(byId))
  })
})

async function createFreshRealm(replay: Replay): Promise<void> {
  const http = new HttpClient()
  const grant = await http.send({
    method: 'POST',
    url: `${replay.server.realmUrl('master')}/protocol/openid-connect/token`,
    ...formBody({ grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }),
  })
  const answer = await http.send({
    method: 'POST',
    url: `${replay.origin}/admin/realms`,
    headers: {
      authorization: `Bearer ${tokensOf(grant.body).access}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ realm: 'fresh', enabled: true }),
  })
  expect(answer.status, answer.body).toBe(201)
}
