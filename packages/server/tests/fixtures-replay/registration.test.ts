import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { Replay, recordedAs, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/registration')
/**
 * Left out: that answers with secrets are not to be stored (RFC 7591 §3.2.1), which Keycloak does not say; names of the
 * type's character set; the address, id and token of what this run registers; a member that Keycloak no longer uses;
 * framing, where there is nothing to frame.
 */
const ignore = [
  'cache-control',
  'pragma',
  'content-type',
  'location',
  'registration_access_token',
  'body.defaultRoles',
  'x-frame-options',
]
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` }, ignore })

/**
 * Skipped: `unknown property` (RFC 7591 §2: ignored).
 */
describe('client registration as Keycloak answers it', () => {
  let replay: Replay
  let initial: string
  let admin: string
  beforeAll(async () => {
    replay = await Replay.start()
    admin = await accessToken('realmadmin')
    initial = await initialToken(50)
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  async function accessToken(username: string): Promise<string> {
    const { body } = await replay.token({
      grant_type: 'password',
      client_id: 'admin-cli',
      username,
      password: acmePassword(username),
    })
    return tokensOf(body).access
  }

  async function initialToken(count: number): Promise<string> {
    const url = `${replay.origin}/admin/realms/acme/clients-initial-access`
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(admin).headers },
      body: JSON.stringify({ count, expiration: 600 }),
    })
    return ((await response.json()) as { token: string }).token
  }

  it('anonymous (trusted hosts policy)', async () => {
    await replay.check(recordedAs(exchanges, 'anonymous (trusted hosts policy)'), { ignore })
  })

  it.each([
    'unknown grant',
    'unknown auth method',
    'client_id given',
    'malformed',
    'empty metadata',
    'public client + pkce',
    'default provider, initial token',
    'unknown provider',
    'scope given: policy refuses',
    'bad redirect uri',
  ])('%s', async (note) => {
    await replay.check(recordedAs(exchanges, note), bearer(initial))
  })

  it('wrong content type', async () => {
    const { headers } = bearer(initial)
    const live = { ignore, headers: { ...headers, 'content-type': 'text/plain' } }
    await replay.check(recordedAs(exchanges, 'wrong content type'), live)
  })

  it('an initial access token used up', async () => {
    const live = bearer(await initialToken(1))
    await replay.check(recordedAs(exchanges, 'count 1: first'), live)
    await replay.check(recordedAs(exchanges, 'count 1: second'), live)
  })

  it('a client’s life by its own token', async () => {
    const made = recordedAs(exchanges, 'with initial access token')
    const { body } = await replay.check(made, bearer(initial))
    const { client_id, registration_access_token: first } = JSON.parse(body)
    const check = (note: string, token?: string) =>
      replay.check(
        about(recordedAs(exchanges, note), idOf(made), client_id),
        token === undefined ? { ignore } : bearer(token),
      )
    await check('read', first)
    await check('read with the first token again', first)
    const updated = await check('update', first)
    const { registration_access_token: second } = JSON.parse(updated.body)
    await check('update with the rotated-out token', first)
    await check('update with other client_id', second)
    await check('read with a garbage token', 'garbage')
    await check('read without a token')
    await check('delete', second)
    await check('delete again', second)
  })

  it.each([
    'bearer of a realm admin',
    'default provider by admin',
    'default provider duplicate',
    'install provider',
  ])('%s', async (note) => {
    await replay.check(recordedAs(exchanges, note), bearer(admin))
  })
  it('bearer of a user without role', async () => {
    const recorded = recordedAs(exchanges, 'bearer of a user without role')
    await replay.check(recorded, bearer(await accessToken('bob')))
  })
})

function idOf({ body }: RecordedExchange): string {
  return (body as { client_id: string }).client_id
}

/** The recording, about the client of this run. */
function about(recorded: RecordedExchange, id: string, own: string): RecordedExchange {
  return JSON.parse(JSON.stringify(recorded).replaceAll(id, own)) as RecordedExchange
}
