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

/** Nobody is asked for a certificate. */
const notHere = ['tls_client_certificate_bound_access_tokens']

describe('public documents as Keycloak publishes them', () => {
  let replay: Replay
  let adminToken = ''
  beforeAll(async () => {
    replay = await Replay.start()
    adminToken = await administratorToken(replay)
    await createFreshRealm(replay, adminToken)
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each(realms.flatMap((realm) => documents.map((name) => `${realm}.${name}`)))(
    '%s',
    async (name) => {
      const recorded = withoutUnbuilt(fixture<RecordedExchange>(`discovery/${name}`))
      await replay.check(recorded, { ignore: ['html'] })
    },
  )

  it.each(
    withoutConsoles('discovery/other-paths').map(
      (recorded) => [`${recorded.request?.method} ${recorded.request?.path}`, recorded] as const,
    ),
  )('%s', async (_name, recorded) => {
    // The recording of these paths left cookies out.
    await replay.check(recorded, { ignore: ['html', 'set-cookie'] })
  })

  it.each(
    withoutConsoles('discovery/cors').map(
      (recorded) =>
        [
          `CORS ${recorded.request?.method} ${recorded.request?.path} from ${recorded.request?.headers?.['Origin']}`,
          recorded,
        ] as const,
    ),
  )('%s', async (_name, recorded) => {
    const headers: Record<string, string> = {}
    if (recorded.request?.path.startsWith('/admin/') && recorded.request.method === 'GET') {
      headers['authorization'] = `Bearer ${adminToken}`
    }
    await replay.check(recorded, { headers, ignore: ['html'] })
  })

  it.each(realms)(
    '%s: nothing in the provider metadata that Keycloak does not say',
    async (realm) => {
      const name = `discovery/${realm}.openid-configuration`
      const recorded = fixture<RecordedExchange & { body: Record<string, unknown> }>(name)
      const answer = await replay.send(recorded)
      const here = JSON.stringify(recorded.body).replaceAll('http://127.0.0.1:8080', replay.origin)
      const wanted = JSON.parse(here) as Record<string, unknown>
      for (const [member, value] of Object.entries(JSON.parse(answer.body) as object)) {
        if (Array.isArray(value))
          expect(wanted[member], member).toEqual(expect.arrayContaining(value))
        // What is not there is not promised.
        else if (!notHere.includes(member)) {
          expect(value, member).toEqual(wanted[member])
        }
      }
    },
  )

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

/** Metadata of what is not there yet is not published; see promises.test.ts. */
const unbuilt = /^mtls_/

function withoutUnbuilt(recorded: RecordedExchange): RecordedExchange {
  const { body } = recorded
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return recorded
  const members = Object.entries(body).filter(([name]) => !unbuilt.test(name))
  return { ...recorded, body: Object.fromEntries(members) as RecordedExchange['body'] }
}

/** Paths of the consoles are not served without them, so their redirects are left out. */
function withoutConsoles(name: string): RecordedExchange[] {
  const consoles = ['/', '/admin', '/admin/', '/realms/acme/account']
  return fixture<RecordedExchange[]>(name).filter(
    ({ request }) => !consoles.includes(request?.path ?? ''),
  )
}

async function administratorToken(replay: Replay): Promise<string> {
  const grant = await new HttpClient().send({
    method: 'POST',
    url: `${replay.server.realmUrl('master')}/protocol/openid-connect/token`,
    ...formBody({ grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }),
  })
  return tokensOf(grant.body).access
}

async function createFreshRealm(replay: Replay, token: string): Promise<void> {
  const answer = await new HttpClient().send({
    method: 'POST',
    url: `${replay.origin}/admin/realms`,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ realm: 'fresh', enabled: true }),
  })
  expect(answer.status, answer.body).toBe(201)
}
