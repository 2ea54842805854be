import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AdminSession } from '../admin/administrator.ts'
import { Browser } from '../harness/browser.ts'
import { type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { eventually, linkOf, nthMail, smtpOf, tokenOf } from './mail-world.ts'

let realms: SmallRealms
let realm: SmallRealm
let mails: MailServer
let userId: string
/** What the mail server says to the next recipients, before it takes one. */
const refusals: { responseCode: number; message: string }[] = []

beforeAll(async () => {
  realms = await SmallRealms.start({ options: ['--metrics-enabled=true'] })
  mails = await MailServer.start({
    hideSTARTTLS: true,
    onRcptTo(_address, _session, done) {
      const refusal = refusals.shift()
      if (refusal === undefined) return done()
      done(Object.assign(new Error(refusal.message), refusal))
    },
  })
  realm = await realms.create('outbox', {
    displayName: 'Out & Box',
    smtpServer: smtpOf(mails),
    eventsEnabled: true,
    adminEventsEnabled: true,
    internationalizationEnabled: true,
    supportedLocales: ['en', 'de', 'ar'],
    defaultLocale: 'en',
  })
  userId = await realm.userId()
})

beforeEach(() => {
  mails.arrived.length = 0
  refusals.length = 0
})

afterAll(async () => {
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

const ask = (query = '', body: unknown = ['UPDATE_PASSWORD', 'VERIFY_EMAIL']) =>
  realms.admin.send(`/admin/realms/outbox/users/${userId}/execute-actions-email${query}`, {
    method: 'PUT',
    body,
  })

const anna = async (change: Readonly<Record<string, unknown>>) => {
  const user = (await realm.send(`/users/${userId}`, 'GET')) as Record<string, unknown>
  await realm.send(`/users/${userId}`, 'PUT', { ...user, ...change })
}

describe('mails that an administrator asks for', () => {
  it('execute-actions-email: both parts, with a token made for the link', async () => {
    const redirect = encodeURIComponent('http://app.example.org/cb/done')
    const answer = await ask(`?client_id=web&redirect_uri=${redirect}&lifespan=600`)
    expect(answer.status).toBe(204)
    const arrived = await nthMail(mails, 1)
    expect(arrived.envelope).toEqual({ from: 'login@acme.test', to: ['anna@example.org'] })
    expect(arrived.mail.subject).toBe('Update Your Account')
    expect(arrived.mail.text).toContain(
      'update your Out & Box account by performing the following action(s): Update Password, Verify Email.',
    )
    expect(arrived.mail.text).toContain('This link will expire within 10 minutes.')
    expect(arrived.mail.html).toContain('Out &amp; Box')
    const token = tokenOf(linkOf(arrived))
    expect(token).toMatchObject({
      iss: realm.url,
      aud: realm.url,
      sub: userId,
      typ: 'execute-actions',
      azp: 'web',
      eml: 'anna@example.org',
      rqac: ['UPDATE_PASSWORD', 'VERIFY_EMAIL'],
      reduri: 'http://app.example.org/cb/done',
    })
    expect(Number(token['exp']) - Number(token['iat'])).toBe(600)
  })

  it('send-verify-email and reset-password-email', async () => {
    const put = (name: string) =>
      realms.admin.send(`/admin/realms/outbox/users/${userId}/${name}`, { method: 'PUT' })
    expect((await put('send-verify-email')).status).toBe(204)
    const verify = tokenOf(linkOf(await nthMail(mails, 1)))
    expect(verify).toMatchObject({ typ: 'verify-email', azp: 'account' })
    expect(Number(verify['exp']) - Number(verify['iat'])).toBe(43_200)
    expect((await put('reset-password-email')).status).toBe(204)
    expect(tokenOf(linkOf(await nthMail(mails, 2)))).toMatchObject({
      typ: 'execute-actions',
      rqac: ['UPDATE_PASSWORD'],
    })
  })

  it.each([
    ['?redirect_uri=https://x.test', ['UPDATE_PASSWORD'], 'Client id missing'],
    ['?client_id=nope', ['UPDATE_PASSWORD'], "Client doesn't exist"],
    ['?client_id=web&redirect_uri=https://evil.test', ['UPDATE_PASSWORD'], 'Invalid redirect uri.'],
    ['', ['NOPE'], 'Provided invalid required actions'],
  ])('refuses %s %j', async (query, body, errorMessage) => {
    expect(await ask(query, body)).toMatchObject({ status: 400, body: { errorMessage } })
    expect(mails.arrived).toEqual([])
  })

  it('refuses a lifespan that is no number, a body that is no list, and users who can get none', async () => {
    expect((await ask('?lifespan=abc')).status).toBe(404)
    expect((await ask('', { a: 1 })).status).toBe(400)
    await anna({ enabled: false })
    expect(await ask()).toMatchObject({ status: 400, body: { errorMessage: 'User is disabled' } })
    await anna({ enabled: true })
    expect(mails.arrived).toEqual([])
  })

  it('are written in the language of the user, with the texts of the realm', async () => {
    const german = await fetch(
      `${realms.server.url}/admin/realms/outbox/localization/de/executeActionsSubject`,
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${realms.admin.token}`, 'content-type': 'text/plain' },
        body: "Bitte\r\nBcc: x@evil.test ''erneuern''",
      },
    )
    expect(german.status).toBe(204)
    await anna({ attributes: { locale: ['de'], email: ['anna@example.org'] } })
    expect((await ask()).status).toBe(204)
    const { mail } = await nthMail(mails, 1)
    expect(mail.subject).toMatch(/^Bitte\s+Bcc: x@evil\.test 'erneuern'$/)
    expect(mail.bcc).toBeUndefined()
    expect(mail.text).toContain('Ihr Administrator')
    expect(mail.html).toContain('<html lang="de" dir="ltr">')
    await anna({ attributes: { locale: ['ar'], email: ['anna@example.org'] } })
    expect((await ask()).status).toBe(204)
    expect((await nthMail(mails, 2)).mail.html).toContain('<html lang="ar" dir="rtl">')
    await anna({ attributes: { locale: ['en'], email: ['anna@example.org'] } })
  })
})

/** Takes connections and never greets. */
class SilentServer implements AsyncDisposable {
  connections = 0
  readonly #sockets = new Set<Socket>()
  readonly #server = createServer((socket) => {
    this.connections += 1
    this.#sockets.add(socket.on('error', () => undefined))
  })

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    return (this.#server.address() as AddressInfo).port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** @returns the value of one sample; 0 where there is none */
async function metric(sample: string): Promise<number> {
  const page = await (await fetch(`${realms.server.server.managementUrl}/metrics`)).text()
  const line = page.split('\n').find((one) => one.startsWith(`${sample} `))
  return Number(line?.slice(sample.length) ?? 0)
}

const waiting = () =>
  realms.server.database.query<{ due_at: string | null; content: unknown; attempts: number }>(
    'SELECT due_at, content, attempts FROM mail ORDER BY asked_at DESC LIMIT 1',
  )

describe('the outbox', () => {
  it('says what to send and never the link, and is emptied', async () => {
    refusals.push({ responseCode: 451, message: 'later' })
    const before = await metric('holdfast_mails_total{outcome="sent",kind="execute-actions"}')
    expect((await ask()).status).toBe(204)
    await eventually(async () => (await metric('holdfast_mails_waiting')) === 1, 'the metric')
    const [row] = await eventually(async () => {
      const rows = await waiting()
      return rows[0]?.attempts === 1 && refusals.length === 0 && rows
    }, 'the first attempt')
    expect(JSON.stringify(row?.content)).toContain('execute-actions')
    expect(JSON.stringify(row?.content)).not.toContain('key=')
    // Another node, or the next look of this one, takes it up.
    await eventually(async () => {
      await realms.server.database.query('UPDATE mail SET due_at = 0 WHERE due_at IS NOT NULL')
      return mails.arrived.length > 0
    }, 'the second attempt')
    const [done] = await eventually(async () => {
      const rows = await waiting()
      return rows[0]?.due_at === null && rows
    }, 'the end of the row')
    expect(done?.content).toBeNull()
    const sent = await metric('holdfast_mails_total{outcome="sent",kind="execute-actions"}')
    expect(sent - before).toBe(1)
    expect(mails.arrived).toHaveLength(1)
  })

  it('ends with an event where the mail is refused for good', async () => {
    refusals.push({ responseCode: 550, message: 'no such user' })
    expect((await ask()).status).toBe(204)
    const [event] = await eventually(async () => {
      const found = (await realm.send('/events?type=EXECUTE_ACTIONS_ERROR', 'GET')) as unknown[]
      return found.length > 0 && found
    }, 'the event')
    expect(event).toMatchObject({ error: 'email_send_failed', userId, clientId: 'account' })
    expect(mails.arrived).toEqual([])
    expect((await waiting())[0]).toMatchObject({ due_at: null, content: null })
  })

  it('sends nothing to somebody who has another address, or none, by then', async () => {
    refusals.push({ responseCode: 451, message: 'later' })
    expect((await ask()).status).toBe(204)
    await eventually(async () => refusals.length === 0, 'the first attempt')
    await anna({ email: 'anna2@example.org' })
    await eventually(async () => {
      await realms.server.database.query('UPDATE mail SET due_at = 0 WHERE due_at IS NOT NULL')
      return (await waiting())[0]?.due_at === null
    }, 'the end of the row')
    expect(mails.arrived).toEqual([])
    await anna({ email: 'anna@example.org' })
  })
})

describe('a mail server that says nothing', () => {
  it('holds up neither who asks nor the mails of other realms', async () => {
    await using silent = new SilentServer()
    const port = String(await silent.listen())
    const slow = await realms.create('slow', {
      smtpServer: { host: '127.0.0.1', port, from: 'a@b.test' },
      resetPasswordAllowed: true,
    })
    const path = `/users/${await slow.userId()}/execute-actions-email`
    const begin = performance.now()
    for (let count = 0; count < 8; count += 1) await slow.send(path, 'PUT', ['UPDATE_PASSWORD'])
    expect(performance.now() - begin).toBeLessThan(4_000)
    expect((await ask()).status).toBe(204)
    await nthMail(mails, 1)
    // No more than a few wait for it at a time.
    expect(silent.connections).toBeLessThanOrEqual(5)
  })
})

describe('a mail server that refuses, or drops the connection half-way', () => {
  it('gets the mail later, once, and the answer does not wait for it', async () => {
    let connections = 0
    const dropping = createServer((socket) => {
      connections += 1
      socket.on('error', () => undefined)
      // The first takes everything up to the text of the mail, and is gone.
      socket.write('220 mail.test\r\n')
      socket.on('data', (line) => {
        if (String(line).startsWith('DATA')) socket.destroy()
        else socket.write('250 fine\r\n')
      })
    })
    await new Promise<void>((resolve) => dropping.listen(0, '127.0.0.1', resolve))
    const { port } = dropping.address() as AddressInfo
    const smtpServer = { host: '127.0.0.1', port: String(port), from: 'login@acme.test' }
    const dropped = await realms.create('dropped', { smtpServer, eventsEnabled: true })
    const path = `/users/${await dropped.userId()}/execute-actions-email`
    const begin = performance.now()
    await dropped.send(path, 'PUT', ['UPDATE_PASSWORD'])
    expect(performance.now() - begin).toBeLessThan(2_000)
    await eventually(async () => connections > 0, 'the first attempt')
    await new Promise((resolve) => dropping.close(resolve))
    // Nobody listens there any more: refused. Then there is a server again.
    await dropped.send('', 'PUT', { smtpServer: smtpOf(mails) })
    await eventually(async () => {
      // Those that were put off: one that is being sent has a lease of 30 s, and would be sent again.
      await realms.server.database.query(
        `UPDATE mail SET due_at = 0 WHERE due_at IS NOT NULL AND attempts > 0
         AND due_at < extract(epoch FROM clock_timestamp()) * 1000 + 25000`,
      )
      return mails.arrived.length > 0
    }, 'the mail')
    await eventually(async () => (await waiting())[0]?.due_at === null, 'the end of the row')
    expect(mails.arrived).toHaveLength(1)
    expect(await dropped.send('/events?type=EXECUTE_ACTIONS_ERROR', 'GET')).toEqual([])
  })
})

describe('without a mail server', () => {
  it('start-dev shows the mails to browsers on this machine', async () => {
    const other = await realms.create('mailbox')
    const path = `/users/${await other.userId()}/execute-actions-email`
    await other.send(path, 'PUT', ['UPDATE_PASSWORD'])
    const browser = new Browser()
    const page = await eventually(async () => {
      const list = await browser.get(`${realms.server.url}/mailbox`)
      const [, link] = /<a href="(\/mailbox\/\d+)">Update Your Account/.exec(list.body) ?? []
      return link !== undefined && (await browser.get(`${realms.server.url}${link}`))
    }, 'the mail')
    expect(page.body).toMatch(
      /href="http:[^"]*\/realms\/mailbox\/login-actions\/action-token\?key=/,
    )
    const elsewhere = await browser.get(`${realms.server.url}/mailbox`, {
      headers: { 'x-forwarded-for': '192.0.2.1' },
    })
    expect(elsewhere.status).toBe(404)
    const start = await browser.get(`${realms.server.url}/`)
    expect(start.body).toContain('/mailbox')
  })

  it('settings that cannot be used are told at once', async () => {
    const other = await realms.create('nomail', { smtpServer: { host: 'localhost' } })
    const path = `/admin/realms/nomail/users/${await other.userId()}`
    const admin: AdminSession = realms.admin
    const put = (name: string) =>
      admin.send(`${path}/${name}`, { method: 'PUT', body: ['UPDATE_PASSWORD'] })
    expect(await put('execute-actions-email')).toMatchObject({
      status: 500,
      body: { errorMessage: expect.stringContaining('Failed to send execute actions email: ') },
    })
    expect(await admin.send(`${path}/send-verify-email`, { method: 'PUT' })).toMatchObject({
      status: 500,
      body: { errorMessage: 'Failed to send verify email' },
    })
  })
})
