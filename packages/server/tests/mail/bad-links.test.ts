import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { anna, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { eventually, linkOf, nthMail, smtpOf, tokenOf } from './mail-world.ts'

/** How much two averages of times may differ: a hash of a password or a mail that is sent takes more. */
const apartMsMax = 60
const rounds = 6

let realms: SmallRealms
let mails: MailServer
let realm: SmallRealm
let other: SmallRealm

beforeAll(async () => {
  realms = await SmallRealms.start()
  mails = await MailServer.start({ hideSTARTTLS: true })
  const settings = {
    smtpServer: smtpOf(mails),
    resetPasswordAllowed: true,
    registrationAllowed: true,
    eventsEnabled: true,
  }
  realm = await realms.create('bad-links', settings)
  other = await realms.create('other-links', settings)
})
afterAll(async () => {
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

const adminSends = (of: SmallRealm, path: string, body: unknown, method = 'PUT') =>
  realms.admin.send(`/admin/realms/${of.name}${path}`, { method, body })

/** Has a link for `VERIFY_EMAIL` sent. */
async function link(of = realm): Promise<string> {
  mails.arrived.length = 0
  const id = await of.userId()
  expect(
    (await adminSends(of, `/users/${id}/execute-actions-email`, ['UPDATE_PASSWORD'])).status,
  ).toBe(204)
  return linkOf(await nthMail(mails, 1))
}

const partsOf = (address: string) => (new URL(address).searchParams.get('key') ?? '').split('.')
function withKey(address: string, key: string): string {
  const changed = new URL(address)
  changed.searchParams.set('key', key)
  return changed.href
}

/** The token with other members, under the signature that it had. */
function forged(address: string, change: object): string {
  const [head = '', , signature = ''] = partsOf(address)
  const body = Buffer.from(JSON.stringify({ ...tokenOf(address), ...change })).toString('base64url')
  return withKey(address, `${head}.${body}.${signature}`)
}

describe('a link of a mail', () => {
  it('is good in the realm that sent it, and nowhere else', async () => {
    const address = await link()
    const elsewhere = address.replace('/realms/bad-links/', '/realms/other-links/')
    const page = await new Browser().get(elsewhere)
    expect([page.status, page.id]).toEqual([400, 'login-error'])
    expect((await new Browser().get(address)).id).toBe('login-info')
  })

  it('says what its signer said: no other issuer, audience, kind, user, action or end', async () => {
    const address = await link()
    const [head = '', body = '', signature = ''] = partsOf(address)
    const algorithm = (alg: string) =>
      Buffer.from(
        JSON.stringify({ ...JSON.parse(Buffer.from(head, 'base64url').toString()), alg }),
      ).toString('base64url')
    const bare = createHmac('sha512', '').update(`${head}.${body}`).digest('base64url')
    for (const bad of [
      forged(address, { iss: `${realms.server.url}/realms/other-links` }),
      forged(address, { aud: `${realms.server.url}/realms/other-links` }),
      forged(address, { typ: 'reset-credentials' }),
      forged(address, { typ: 'ID' }),
      forged(address, { sub: await other.userId() }),
      forged(address, { rqac: ['delete_account'] }),
      forged(address, { exp: 4_000_000_000 }),
      withKey(address, `${algorithm('none')}.${body}.`),
      withKey(address, `${algorithm('HS256')}.${body}.${signature}`),
      withKey(address, `${head}.${body}.${bare}`),
      withKey(address, `${head}.${body}`),
      withKey(address, body),
      withKey(address, '.'),
      withKey(address, 'x'.repeat(10_000)),
      withKey(address, ''),
    ]) {
      const page = await new Browser().get(bad)
      expect([page.status, page.id]).toEqual([400, 'login-error'])
    }
  })

  it('is no other token of the realm: neither a refresh token nor an identity cookie', async () => {
    const address = await link()
    const browser = new Browser()
    await browser.submit(await realm.begin(browser), anna)
    const identity = browser.cookies.value('KEYCLOAK_IDENTITY') ?? ''
    expect(identity).not.toBe('')
    expect((await new Browser().get(withKey(address, identity))).status).toBe(400)
  })

  it('of somebody who is gone meanwhile leads nowhere', async () => {
    const made = await adminSends(
      realm,
      '/users',
      { username: 'gone', enabled: true, email: 'gone@example.org' },
      'POST',
    )
    const id = made.headers.get('location')?.split('/').at(-1)
    mails.arrived.length = 0
    await adminSends(realm, `/users/${id}/execute-actions-email`, ['UPDATE_PASSWORD'])
    const address = linkOf(await nthMail(mails, 1))
    await adminSends(realm, `/users/${id}`, undefined, 'DELETE')
    const page = await new Browser().get(address)
    expect([page.status, page.id]).toEqual([400, 'login-error'])
  })
})

describe('what people call themselves', () => {
  it('is text in mails, whatever it holds, and no line of their head', async () => {
    const markup = '<img src=x onerror=alert(1)>\r\nBcc: all@evil.test'
    const name = await realms.create('named', {
      displayName: markup,
      smtpServer: { ...smtpOf(mails), fromDisplayName: 'Acme\r\nBcc: all@evil.test' },
    })
    mails.arrived.length = 0
    const id = await name.userId()
    await adminSends(name, `/users/${id}/execute-actions-email`, ['UPDATE_PASSWORD'])
    const { mail, envelope } = await nthMail(mails, 1)
    expect(envelope.to).toEqual(['anna@example.org'])
    expect([mail.bcc, mail.headers.has('bcc')]).toEqual([undefined, false])
    expect(String(mail.html)).not.toContain('<img')
    expect(mail.text).toContain('<img src=x')
  })

  it('may be no address that is several, or holds control characters', async () => {
    const id = await realm.userId()
    const user = (await realm.send(`/users/${id}`, 'GET')) as object
    for (const email of [
      'a@example.org,b@evil.test',
      'a@example.org;b@evil.test',
      'a@example.org b@evil.test',
      'a@example.org\r\nBcc: b@evil.test',
      'a@example.org\u0000',
      'a@example.org\u2028b@evil.test',
      '<a@example.org>',
      'a@b@example.org',
    ]) {
      const { status } = await adminSends(realm, `/users/${id}`, { ...user, email })
      expect(`${JSON.stringify(email)} ${status}`).toBe(`${JSON.stringify(email)} 400`)
    }
  })
})

describe('who asks whether somebody is known', () => {
  it('learns nothing from the time that "Forgot password?" takes', async () => {
    const timed = async (username: string): Promise<number> => {
      const browser = new Browser()
      const page = await browser.click(await realm.begin(browser), /reset-credentials/)
      const begin = performance.now()
      const sent = await browser.submit(page, { username })
      expect(sent.text).toContain('You should receive an email shortly')
      return performance.now() - begin
    }
    await timed('anna')
    const known: number[] = []
    const unknown: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      known.push(await timed('anna'))
      unknown.push(await timed(`nobody-${round}`))
    }
    const middle = (all: number[]) => all.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
    expect(Math.abs(middle(known) - middle(unknown))).toBeLessThan(apartMsMax)
  })
})

it('a form that is sent twice at once counts once', async () => {
  const browser = new Browser()
  const page = await browser.click(await realm.begin(browser), /\/registration/)
  const person = {
    username: 'twice',
    email: 'twice@example.org',
    firstName: 'T',
    lastName: 'W',
    password: 'pw',
    'password-confirm': 'pw',
  }
  const answers = await Promise.all([1, 2].map(() => browser.submit(page, person)))
  for (const answer of answers) expect(answer.status).toBeLessThan(500)
  const found = (await realm.send('/users?username=twice&exact=true', 'GET')) as unknown[]
  expect(found).toHaveLength(1)
  await eventually(async () => {
    const events = (await realm.send('/events?type=REGISTER', 'GET')) as unknown[]
    return events.length === 1
  }, 'the event')
})
