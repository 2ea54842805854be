import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { anna, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { eventually, nthMail, smtpOf } from './mail-world.ts'

let realms: SmallRealms
let mails: MailServer

beforeAll(async () => {
  realms = await SmallRealms.start()
  mails = await MailServer.start({ hideSTARTTLS: true })
})

beforeEach(() => {
  mails.arrived.length = 0
})

afterAll(async () => {
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

const create = (name: string, settings: object = {}, user: object = {}): Promise<SmallRealm> =>
  realms.create(
    name,
    { smtpServer: smtpOf(mails), eventsListeners: ['jboss-logging', 'email'], ...settings },
    {},
    user as Record<string, unknown>,
  )

const guess = async (realm: SmallRealm) => {
  const browser = new Browser()
  await browser.submit(await realm.begin(browser), { ...anna, password: 'wrong' })
}

it('tells a user of a failed login and of a changed password', async () => {
  const realm = await create('noticed')
  await guess(realm)
  const { mail } = await nthMail(mails, 1)
  expect(mail.subject).toBe('Login error')
  expect(mail.text).toMatch(/A failed login attempt was detected to your account on .* from 127/)
  expect(mail.html).toContain('<p>A failed login attempt')
  const asked = await realm.begin(new Browser(), { kc_action: 'UPDATE_PASSWORD' })
  expect(asked.id).toBe('login-login')
  const browser = new Browser()
  const page = await browser.submit(
    await realm.begin(browser, { kc_action: 'UPDATE_PASSWORD' }),
    anna,
  )
  await browser.submit(page, { 'password-new': 'n', 'password-confirm': 'n' })
  const subjects = await eventually(async () => {
    const all = mails.arrived.map(({ mail: one }) => one.subject)
    return all.length >= 3 && all
  }, 'the notices')
  expect(subjects.toSorted()).toEqual(['Login error', 'Update credential', 'Update password'])
})

it('tells nothing to an address that is not verified, of types that the realm leaves out, nor too often', async () => {
  const unverified = await create('unverified', {}, { emailVerified: false })
  const other = await create('others', { enabledEventTypes: ['UPDATE_PASSWORD'] })
  const quiet = await create('quiet', { eventsListeners: ['jboss-logging'] })
  for (const realm of [unverified, other, quiet]) await guess(realm)
  const often = await create('often')
  for (let count = 0; count < 9; count += 1) await guess(often)
  await nthMail(mails, 6)
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  expect(mails.arrived).toHaveLength(6)
})
