import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { MailServer } from './mail-server.ts'

let server: TestServer
let admin: AdminSession
let mails: MailServer

beforeAll(async () => {
  const vault = mkdtempSync(join(tmpdir(), 'holdfast-vault-'))
  writeFileSync(join(vault, 'acme_mail'), 'mail-secret')
  server = await startTestServer({ options: ['--vault=file', `--vault-dir=${vault}`] })
  mails = await MailServer.start()
  admin = await AdminSession.open(server.url)
})

beforeEach(() => {
  mails.arrived.length = 0
})

afterAll(async () => {
  await mails[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

const test = (settings: Record<string, string>, realm = 'acme') =>
  admin.send(`/admin/realms/${realm}/testSMTPConnection`, { method: 'POST', body: settings })
const usable = () => ({
  host: '127.0.0.1',
  port: String(mails.port),
  from: 'login@acme.test',
  fromDisplayName: 'Acme Login',
  replyTo: 'help@acme.test',
  replyToDisplayName: 'Help',
  envelopeFrom: 'bounce@acme.test',
})
const failed = { status: 500, body: { errorMessage: 'Failed to send email' } }

async function giveAddress(email: string): Promise<void> {
  const { body } = await admin.send('/admin/realms/master/users?username=admin&exact=true')
  const [user] = body as { id: string }[]
  const change = { method: 'PUT', body: { email } }
  expect((await admin.send(`/admin/realms/master/users/${user?.id}`, change)).status).toBe(204)
}

describe('the test of SMTP settings', () => {
  it('fails for an administrator without an address, as in Keycloak', async () => {
    expect(await test(usable())).toMatchObject(failed)
    await giveAddress('root@acme.test')
  })

  it('sends a mail in two parts with every setting', async () => {
    expect((await test({ ...usable(), starttls: 'false', auth: 'false' })).status).toBe(204)
    const [arrived] = mails.arrived
    expect(arrived?.envelope).toEqual({ from: 'bounce@acme.test', to: ['root@acme.test'] })
    expect(arrived?.mail.from?.text).toBe('"Acme Login" <login@acme.test>')
    expect(arrived?.mail.replyTo?.text).toBe('"Help" <help@acme.test>')
    expect(arrived?.mail.subject).toBe('[HOLDFAST] - SMTP test message')
    expect(arrived?.mail.text?.trim()).toBe('This is a test message')
    expect(arrived?.mail.html).toContain('<p>This is a test message</p>')
  })

  it('signs in, and says no more than that it failed when it may not', async () => {
    const login = { auth: 'true', user: 'acme', password: 'mail-secret' }
    const overTls = { ...usable(), ...login, starttls: 'true' }
    // The certificate is nobody's whom this server trusts: nothing is sent, neither mail nor password.
    expect(await test(overTls)).toMatchObject(failed)
    expect(mails.arrived).toEqual([])
    await using open = await MailServer.start({ hideSTARTTLS: true, allowInsecureAuth: true })
    const plain = { ...usable(), ...login, port: String(open.port) }
    expect((await test(plain)).status).toBe(204)
    expect(open.arrived[0]?.user).toBe('acme')
    expect(await test({ ...plain, password: 'wrong' })).toMatchObject(failed)
    expect(await test({ ...plain, starttls: 'true' }), 'TLS is not left out').toMatchObject(failed)
  })

  it('a password may be in the vault, and only that of the realm', async () => {
    await using open = await MailServer.start({ hideSTARTTLS: true, allowInsecureAuth: true })
    const settings = { ...usable(), port: String(open.port), auth: 'true', user: 'acme' }
    expect((await test({ ...settings, password: '${vault.mail}' })).status).toBe(204)
    expect(await test({ ...settings, password: '${vault.other}' })).toMatchObject(failed)
    expect(await test({ ...settings, password: '${vault.mail}' }, 'demo')).toMatchObject(failed)
  })

  it('the stored password goes to the server that it was stored for and to no other', async () => {
    await using open = await MailServer.start({ hideSTARTTLS: true, allowInsecureAuth: true })
    const settings = { ...usable(), port: String(open.port), auth: 'true', user: 'acme' }
    const stored = { ...settings, password: 'mail-secret' }
    const save = { method: 'PUT', body: { smtpServer: stored } }
    expect((await admin.send('/admin/realms/acme', save)).status).toBe(204)
    expect((await test({ ...settings, password: '**********' })).status).toBe(204)
    const seen: string[] = []
    await using elsewhere = await MailServer.start({
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      onAuth: ({ password }, _session, done) => {
        seen.push(password ?? '')
        done(new Error('no'))
      },
    })
    const stolen = { ...settings, port: String(elsewhere.port), password: '**********' }
    expect(await test(stolen)).toMatchObject(failed)
    expect(seen).not.toContain('mail-secret')
  })

  it.each([
    ['no host', { host: '' }],
    ['a host with a line break', { host: '127.0.0.1\r\nX' }],
    ['a port that is none', { port: '99999' }],
    ['a sender with a line break', { from: 'a@b.test\r\nBcc: victim@c.test' }],
    ['several senders', { from: 'a@b.test, c@d.test' }],
    ['no sender', { from: '' }],
    ['a reply address with a second one', { replyTo: 'a@b.test>,<c@d.test' }],
    ['a token instead of a password', { auth: 'true', user: 'u', authType: 'token' }],
  ])('refuses %s', async (_, changed) => {
    expect(await test({ ...usable(), ...changed })).toMatchObject(failed)
    expect(mails.arrived).toEqual([])
  })

  it('a display name adds no header', async () => {
    const fromDisplayName = 'Acme\r\nBcc: victim@c.test'
    expect((await test({ ...usable(), fromDisplayName })).status).toBe(204)
    const [arrived] = mails.arrived
    expect(arrived?.mail.bcc).toBeUndefined()
    expect(arrived?.envelope.to).toEqual(['root@acme.test'])
  })

  it('a server that says nothing ends the attempt', async () => {
    const silent: Server = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const begin = performance.now()
    expect(await test({ ...usable(), port: String(port) })).toMatchObject(failed)
    expect(performance.now() - begin).toBeLessThan(20_000)
    silent.close()
  })

  it('may not be used without manage-realm', async () => {
    const nobody = new AdminSession(server.url, null)
    const answer = await nobody.send('/admin/realms/acme/testSMTPConnection', {
      method: 'POST',
      body: usable(),
    })
    expect(answer.status).toBe(401)
  })
})
