import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { Browser } from '../harness/browser.ts'
import { demoPassword, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { authorizationUrl, signIn } from '../harness/login.ts'
import { startServer } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { WebhookReceiver, webhookSecret } from './webhook-receiver.ts'

const listenerType = 'org.keycloak.events.EventListenerProvider'
const waitMs = 20_000
/** The receivers are on this machine. */
const options = ['--outgoing-private-addresses=all']

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer({ options })
  admin = await AdminSession.open(server.url)
  const listens = { eventsListeners: ['jboss-logging', 'webhook'] }
  const put = { method: 'PUT', body: listens }
  expect((await admin.send('/admin/realms/demo/events/config', put)).status).toBe(204)
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

const post = (path: string, body?: unknown) =>
  admin.send(`/admin/realms/demo${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
  })
const hook = (config: Record<string, readonly string[]>) => ({
  name: 'hook',
  providerType: listenerType,
  providerId: 'webhook',
  config: { secret: [webhookSecret], ...config },
})

/** Makes a webhook for as long as the test runs. */
async function open(url: string, config: Record<string, readonly string[]> = {}) {
  const made = await post('/components', hook({ url: [url], ...config }))
  expect(made.status).toBe(201)
  const id = made.headers.get('location')?.split('/').at(-1) ?? ''
  return {
    id,
    async [Symbol.asyncDispose]() {
      await admin.send(`/admin/realms/demo/components/${id}`, { method: 'DELETE' })
    },
  }
}

async function logIn(username: string, password = demoPassword(username)): Promise<number> {
  const answer = await fetch(`${server.realmUrl('demo')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'app',
      client_secret: demoSecret('app'),
      username,
      password,
    }),
  })
  return answer.status
}

const messages = async (state: string) => {
  const { body } = await admin.send(`/admin/realms/demo/webhook-messages?state=${state}`)
  return body as { id: string; type: string; lastError?: string; attempts: number }[]
}
const arrives = (receiver: WebhookReceiver, type: string, count = 1) =>
  expect.poll(() => receiver.of(type).length, { timeout: waitMs }).toBeGreaterThanOrEqual(count)

describe('a webhook', () => {
  it('hears of logins, failures and changes, signed and once each', async () => {
    await using receiver = await WebhookReceiver.open()
    await using _hook = await open(receiver.url)
    expect(await logIn('person-1')).toBe(200)
    expect(await logIn('person-1', 'wrong')).not.toBe(200)
    expect((await post('/roles', { name: 'heard' })).status).toBe(201)
    await arrives(receiver, 'access.LOGIN')
    await arrives(receiver, 'access.LOGIN_ERROR')
    await arrives(receiver, 'admin.REALM_ROLE-CREATE')
    expect(receiver.received.every(({ signed }) => signed)).toBe(true)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(receiver.received.length)
    expect(receiver.of('access.LOGIN')[0]?.body.data).toMatchObject({
      type: 'LOGIN',
      realmName: 'demo',
      clientId: 'app',
      details: { username: 'person-1' },
    })
    const [change] = receiver.of('admin.REALM_ROLE-CREATE')
    expect(change?.body.data).toMatchObject({
      operationType: 'CREATE',
      resourceType: 'REALM_ROLE',
      resourcePath: 'roles/heard',
    })
    expect(await messages('waiting')).toEqual([])
  })

  it('hears of what it asks for only, and of nothing while it is off', async () => {
    await using changes = await WebhookReceiver.open()
    await using off = await WebhookReceiver.open()
    await using _changes = await open(changes.url, { types: ['admin.REALM_ROLE-*'] })
    await using _off = await open(off.url, { enabled: ['false'] })
    await logIn('person-1')
    await post('/groups', { name: 'unheard' })
    await post('/roles', { name: 'heard-too' })
    await arrives(changes, 'admin.REALM_ROLE-CREATE')
    expect(changes.types).toEqual(['admin.REALM_ROLE-CREATE'])
    expect(off.received).toEqual([])
  })

  it('is told again until it answers, under the same id', async () => {
    await using receiver = await WebhookReceiver.open()
    await using _hook = await open(receiver.url, { types: ['access.LOGIN'] })
    receiver.status = 503
    await logIn('person-2')
    await arrives(receiver, 'access.LOGIN')
    await expect.poll(async () => (await messages('waiting'))[0]?.lastError).toContain('503')
    receiver.status = 204
    await arrives(receiver, 'access.LOGIN', 2)
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
    await expect.poll(() => messages('waiting')).toEqual([])
  })

  it('that wants no more is given up, and told again when an administrator says so', async () => {
    await using receiver = await WebhookReceiver.open()
    await using _hook = await open(receiver.url, { types: ['access.LOGIN'] })
    receiver.status = 410
    await logIn('person-3')
    await logIn('person-4')
    await expect.poll(async () => (await messages('dead')).length, { timeout: waitMs }).toBe(2)
    const [first, second] = await messages('dead')
    expect(first).toMatchObject({ type: 'access.LOGIN', attempts: 1, state: 'dead' })
    receiver.status = 204
    const path = `/webhook-messages/${first?.id}`
    expect((await post(`${path}/resend`)).status).toBe(204)
    await arrives(receiver, 'access.LOGIN', 3)
    expect((await post(`${path}/resend`)).status).toBe(404)
    const second_ = `/admin/realms/demo/webhook-messages/${second?.id}`
    receiver.status = 410
    expect((await post('/webhook-messages/resend')).body).toEqual({ count: 1 })
    await expect.poll(async () => (await messages('dead')).length, { timeout: waitMs }).toBe(1)
    expect((await admin.send(second_, { method: 'DELETE' })).status).toBe(204)
    expect((await admin.send(second_, { method: 'DELETE' })).status).toBe(404)
    expect(await messages('dead')).toEqual([])
    const metrics = await (await fetch(`${server.server.managementUrl}/metrics`)).text()
    expect(metrics).toMatch(/holdfast_webhook_messages_total\{outcome="dead"\} 3/)
  })

  it('at an address that nobody is to ask is not asked', async () => {
    await using _hook = await open('http://169.254.169.254/latest', { types: ['access.LOGIN'] })
    await logIn('person-5')
    await expect.poll(async () => (await messages('waiting'))[0]?.lastError).toMatch(/is not asked/)
  })

  it('shows no secret, and keeps it when the mask comes back', async () => {
    await using receiver = await WebhookReceiver.open()
    await using made = await open(receiver.url, { types: ['access.LOGIN'] })
    const path = `/admin/realms/demo/components/${made.id}`
    const { body } = await admin.send(path)
    expect(body).toMatchObject({ config: { secret: ['**********'], url: [receiver.url] } })
    expect((await admin.send(path, { method: 'PUT', body })).status).toBe(204)
    await logIn('person-6')
    await arrives(receiver, 'access.LOGIN')
    expect(receiver.received[0]?.signed).toBe(true)
  })

  it.each([
    [{ url: ['ftp://example.org'] }, /'URL' should begin with/],
    [{ url: ['https://user:word@example.org'] }, /'URL' should have no password/],
    [{ url: ['nowhere'] }, /'URL' is no URL/],
    [{}, /'URL' is required/],
    [{ url: ['https://example.org'], secret: ['short'] }, /'Signing secret' should be/],
    [{ url: ['https://example.org'], secret: [] }, /'Signing secret' is required/],
    [{ url: ['https://example.org'], types: ['access.LOGOUTS'] }, /'Types' knows no/],
    [{ url: ['https://example.org'], enabled: ['perhaps'] }, /'Enabled' should be/],
  ])('is refused with %j', async (config, message) => {
    const { status, body } = await post('/components', hook(config))
    expect(status).toBe(400)
    expect(body).toMatchObject({ errorMessage: expect.stringMatching(message) })
  })
})

describe('the message of an event', () => {
  it('is written with the login, or neither is', async () => {
    await using receiver = await WebhookReceiver.open()
    await using _hook = await open(receiver.url, { types: ['access.LOGIN'] })
    const { database } = server
    const sessions = async () => {
      const path = '/admin/realms/demo/users'
      const { body } = await admin.send(`${path}?exact=true&username=person-7`)
      const [user] = body as { id: string }[]
      const listed = await admin.send(`${path}/${user?.id}/sessions`)
      return (listed.body as unknown[]).length
    }
    const login = async () => {
      const browser = new Browser()
      const request = { realmUrl: server.realmUrl('demo'), clientId: 'app' }
      const url = authorizationUrl({ ...request, redirectUri: demoRedirectUri })
      const page = await browser.get(url.href)
      const person = { username: 'person-7', password: demoPassword('person-7') }
      return await signIn(browser, page, person)
    }
    await database.query(`CREATE FUNCTION refuse_message() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no message today'; END $$`)
    await database.query(`CREATE TRIGGER refuse_message BEFORE INSERT ON webhook_message
      FOR EACH ROW EXECUTE FUNCTION refuse_message()`)
    expect((await login()).status).toBe(500)
    expect(await sessions()).toBe(0)
    await database.query('DROP TRIGGER refuse_message ON webhook_message')
    expect((await login()).location?.searchParams.has('code')).toBe(true)
    expect(await sessions()).toBe(1)
    await arrives(receiver, 'access.LOGIN')
    expect(receiver.of('access.LOGIN')).toHaveLength(1)
  })

  it('arrives though its node was killed before it was sent', async () => {
    await using receiver = await WebhookReceiver.open()
    await using _hook = await open(receiver.url, { types: ['access.LOGIN'] })
    const { database } = server
    // Nobody but the node that dies takes it before the lease is over.
    await database.query(
      `CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN NEW.due_at := NEW.due_at + 1500; RETURN NEW; END $$`,
    )
    await database.query(`CREATE TRIGGER taken BEFORE INSERT ON webhook_message
      FOR EACH ROW EXECUTE FUNCTION taken()`)
    const doomed = await startServer({ databaseUrl: database.url, options })
    const answer = await fetch(`${doomed.realmUrl('demo')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'app',
        client_secret: demoSecret('app'),
        username: 'person-8',
        password: demoPassword('person-8'),
      }),
    })
    expect(answer.status).toBe(200)
    doomed.kill('SIGKILL')
    await doomed.stop()
    expect(receiver.received).toEqual([])
    await arrives(receiver, 'access.LOGIN')
    await database.query('DROP TRIGGER taken ON webhook_message')
  })
})
