import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { anna, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import { MailServer } from './mail-server.ts'
import { linkOf, nthMail, smtpOf } from './mail-world.ts'

const newcomer = {
  email: 'new@acme.test',
  username: 'newcomer',
  firstName: 'New',
  lastName: 'Comer',
  password: 'pw',
  'password-confirm': 'pw',
}
const home = 'https://acme.test/home'

let realms: SmallRealms
let realm: SmallRealm
let mails: MailServer
let organization = ''
let number = 0

beforeAll(async () => {
  realms = await SmallRealms.start()
  mails = await MailServer.start({ hideSTARTTLS: true })
})

beforeEach(async () => {
  mails.arrived.length = 0
  number += 1
  realm = await realms.create(`invitations-${number}`, {
    smtpServer: smtpOf(mails),
    eventsEnabled: true,
    organizationsEnabled: true,
    organizations: [
      { name: 'Acme', alias: 'acme', redirectUrl: home, domains: [{ name: 'acme.test' }] },
    ],
  })
  const [found] = await list('/organizations')
  organization = `/organizations/${found?.['id']}`
})

afterAll(async () => {
  await mails[Symbol.asyncDispose]()
  await realms[Symbol.asyncDispose]()
})

const list = async (path: string) => (await realm.send(path, 'GET')) as Record<string, unknown>[]
const members = async () =>
  (await list(`${organization}/members`)).map((one) => [one['username'], one['membershipType']])
const events = (type: string) => list(`/events?type=${type}`)

/** @returns the link of the mail */
async function invite(email: string, names: Record<string, string> = {}): Promise<string> {
  const sent = mails.arrived.length
  const answer = await realms.admin.send(
    `/admin/realms/${realm.name}${organization}/members/invite-user`,
    {
      method: 'POST',
      rawBody: new URLSearchParams({ email, ...names }).toString(),
      contentType: 'application/x-www-form-urlencoded',
    },
  )
  expect(answer.status).toBe(204)
  return linkOf(await nthMail(mails, sent + 1))
}

describe('somebody who has no account', () => {
  it('registers by the link where nobody else may, and is a member who goes with the organization', async () => {
    const link = await invite('New@acme.test', { firstName: 'New', lastName: 'Comer' })
    const [arrived] = mails.arrived
    expect(arrived?.mail.subject).toBe('Invitation to join the Acme organization')
    expect(arrived?.mail.text).toMatch(/^\s*Hi, "New" "Comer"/)
    const browser = new Browser()
    const page = await browser.get(link)
    expect(page.id).toBe('login-register')
    expect(page.text).toContain('Create an account to join the Acme organization')
    expect(page.body).toContain('value="new@acme.test"')
    const wrong = await browser.submit(page, { ...newcomer, email: 'other@acme.test' })
    expect(wrong.text).toContain('Email does not match the invitation')
    const done = await browser.submit(wrong, newcomer)
    expect(done.location?.href).toBe(home)
    expect(browser.cookies.value('KEYCLOAK_IDENTITY')).toBeDefined()
    expect(await members()).toEqual([['newcomer', 'MANAGED']])
    expect(await list(`${organization}/invitations`)).toEqual([])
    expect(await events('INVITE_ORG')).toHaveLength(1)
    const again = await new Browser().get(link)
    expect([again.status, again.text]).toEqual([
      400,
      expect.stringContaining('It may have expired or already been used.'),
    ])
  })

  it('registers once, however many forms come at once', async () => {
    const link = await invite('new@acme.test')
    const opened = await Promise.all(
      [1, 2, 3].map(async (each) => {
        const browser = new Browser()
        return { browser, page: await browser.get(link), username: `newcomer${each}` }
      }),
    )
    await Promise.all(
      opened.map(({ browser, page, username }) => browser.submit(page, { ...newcomer, username })),
    )
    expect(await members()).toHaveLength(1)
    expect(await list('/users?search=newcomer')).toHaveLength(1)
  })

  it('is told when the invitation was taken back, the organization disabled or deleted', async () => {
    const link = await invite('new@acme.test')
    const page = await new Browser().get(link)
    const says = async (text: string) => {
      const answer = await new Browser().get(link)
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(text)])
    }
    const body = { name: 'Acme', alias: 'acme', domains: [{ name: 'acme.test' }] }
    await realm.send(organization, 'PUT', { ...body, enabled: false })
    await says('The organization is not available at this time and cannot accept new members.')
    await realm.send(organization, 'PUT', { ...body, enabled: true })
    const [invitation] = await list(`${organization}/invitations`)
    await realm.send(`${organization}/invitations/${invitation?.['id']}`, 'DELETE')
    await says('It may have expired or already been used.')
    await realm.send(organization, 'DELETE')
    await says('orgNotFoundMessage')
    expect(page.status).toBe(200)
    const errors = (await events('EXECUTE_ACTION_TOKEN_ERROR')).map((event) => event['error'])
    expect(errors.toSorted()).toEqual(['invalid_token', 'org_disabled', 'org_not_found'])
  })

  it('finds no page of registration without an invitation', async () => {
    const query = 'registrations?response_type=code&client_id=account'
    const forged = `${realm.url}/protocol/openid-connect/${query}&token=abc`
    expect((await new Browser().get(forged)).status).toBe(400)
    const link = await invite('new@acme.test')
    const page = await new Browser().get(link)
    const [, form = ''] = /action="([^"]*registration[^"]*)"/.exec(page.body) ?? []
    const elsewhere = await new Browser().get(form.replaceAll('&amp;', '&'))
    expect(elsewhere.id).not.toBe('login-register')
  })
})

describe('somebody who has an account', () => {
  it('joins after saying so, once, also where somebody else is signed in', async () => {
    await realm.send('/users', 'POST', { username: 'berta', enabled: true, email: 'b@acme.test' })
    const link = await invite('b@acme.test')
    const browser = new Browser()
    const named = await browser.submit(await realm.begin(browser), { username: anna.username })
    const signedIn = await browser.submit(named, { password: anna.password })
    expect(signedIn.location).not.toBeNull()
    const opened = await browser.get(link)
    expect(opened.id).toBe('login-info')
    expect(opened.text).toContain('You are about to join organization Acme')
    expect(opened.text).toContain('you will become a member of the Acme organization:')
    expect(await members(), 'opening a link is no click').toEqual([])
    const done = await browser.click(opened, /login-actions\/action-token/)
    expect(done.location?.href).toBe(home)
    expect(await members()).toEqual([['berta', 'UNMANAGED']])
    expect(await list(`${organization}/invitations`)).toEqual([])
    const again = await new Browser().get(link)
    expect([again.status, again.text]).toEqual([
      400,
      expect.stringContaining('You are already a member of the Acme organization.'),
    ])
    expect((await events('INVITE_ORG_ERROR'))[0]).toMatchObject({
      error: 'user_org_member_already',
    })
  })

  it('joins no more by a link that another one was sent in the place of', async () => {
    const link = await invite('anna@example.org')
    const [invitation] = await list(`${organization}/invitations`)
    await realm.send(`${organization}/invitations/${invitation?.['id']}/resend`, 'POST')
    const second = linkOf(await nthMail(mails, 2))
    expect((await new Browser().get(link)).text).toContain('It may have expired')
    const browser = new Browser()
    const opened = await browser.get(second)
    await browser.click(opened, /login-actions\/action-token/)
    expect(await members()).toEqual([[anna.username, 'UNMANAGED']])
  })
})
