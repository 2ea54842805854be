import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { formBody, HttpClient } from '../harness/http-exchange.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { Replay, tokensOf } from './replay.ts'

describe('the keycloak.json of a client as Keycloak writes it', () => {
  let replay: Replay
  let authorization: string
  beforeAll(async () => {
    replay = await Replay.start()
    const grant = await new HttpClient().send({
      method: 'POST',
      url: `${replay.server.realmUrl('master')}/protocol/openid-connect/token`,
      ...formBody({ grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }),
    })
    authorization = `Bearer ${tokensOf(grant.body).access}`
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each([
    'acme.client.account.installation-keycloak-json',
    'acme.client.api.installation',
    'acme.client.web.installation',
  ])('%s', async (name) => {
    const recorded = fixture<RecordedExchange>(`admin/texts/${name}`)
    const answer = await replay.send(recorded, { headers: { authorization } })
    expect(answer.status).toBe(recorded.status)
    expect(answer.headers['content-type']).toContain('text/plain')
    const wanted = String(recorded.body).replaceAll('http://127.0.0.1:8080', replay.origin)
    expect(answer.body).toBe(wanted)
  })
})
