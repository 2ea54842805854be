import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Replay } from '../fixtures-replay/replay.ts'
import { Browser } from '../harness/browser.ts'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { type HttpAnswer, HttpClient } from '../harness/http-exchange.ts'

interface Recorded extends RecordedExchange {
  readonly note: string
  readonly request: { readonly method: string; readonly path: string; readonly body?: unknown }
}

const recordings = fixture<Recorded[]>('account/rest')
/** Keycloak's providers, sessions and times of that day. */
const ofThatDay = ['body.0', 'body.userProfileMetadata']

let replay: Replay
let token: string
const client = new HttpClient()
beforeAll(async () => {
  replay = await Replay.start()
  token = (await replay.login({ username: 'bob' })).access
})
afterAll(async () => {
  client[Symbol.dispose]()
  await replay?.[Symbol.asyncDispose]()
})

function send(
  method: string,
  path: string,
  {
    body,
    bearer = token,
    headers = {},
  }: { body?: unknown; bearer?: string | null; headers?: Record<string, string> } = {},
): Promise<HttpAnswer> {
  return client.send({
    method,
    url: `${replay.origin}/realms/acme/account${path}`,
    headers: {
      accept: 'application/json',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function check(note: string, ignore: readonly string[] = [], bearer?: string | null) {
  const recorded = recordings.find((each) => each.note === note)
  if (!recorded) throw new Error(`nothing was recorded as ${note}`)
  const { method, path, body } = recorded.request
  const answer = await send(method, path.replace('/realms/acme/account', ''), {
    ...(body === null || body === undefined ? {} : { body }),
    ...(bearer === undefined ? {} : { bearer }),
  })
  // Only a few of the headers were recorded.
  replay.compare({ ...recorded, headers: {} }, { ...answer, headers: {}, setCookies: [] }, ignore)
  return answer
}

describe('the account API', () => {
  it('shows the profile with what may be edited', async () => {
    const { body } = await send('GET', '/')
    const profile = JSON.parse(body)
    expect(profile).toMatchObject({ username: 'bob', email: 'bob@acme.test', emailVerified: true })
    const byName = new Map<string, { readOnly: boolean }>(
      profile.userProfileMetadata.attributes.map((one: { name: string }) => [one.name, one]),
    )
    expect(byName.get('email')?.readOnly).toBe(true)
    expect(byName.get('department')?.readOnly).toBe(true)
    expect(byName.get('firstName')?.readOnly).toBe(false)
    const brief = JSON.parse((await send('GET', '/?userProfileMetadata=false')).body)
    expect(brief.userProfileMetadata).toBeUndefined()
  })

  it('changes the profile, and refuses what may not be', async () => {
    const { userProfileMetadata: _, ...own } = JSON.parse((await send('GET', '/')).body)
    const renamed = await send('POST', '/', { body: { ...own, firstName: 'Robert' } })
    expect([renamed.status, renamed.body]).toEqual([204, ''])
    expect(JSON.parse((await send('GET', '/')).body).firstName).toBe('Robert')
    const department = { ...own, attributes: { ...own.attributes, department: ['support'] } }
    const refused = await send('POST', '/', { body: department })
    const recorded = recordings.find((each) => each.note === 'read-only attribute')
    expect([refused.status, JSON.parse(refused.body)]).toEqual([400, recorded?.body])
    const before = (await send('GET', '/')).body
    for (const note of ['bad e-mail', 'duplicate e-mail', 'empty body']) {
      const wrong = recordings.find((each) => each.note === note)
      const answer = await send('POST', '/', { body: wrong?.request.body })
      expect(answer.status, note).toBeGreaterThanOrEqual(400)
      expect(answer.status, note).toBeLessThan(500)
      expect(JSON.parse(answer.body).errors.length, note).toBeGreaterThan(0)
    }
    expect((await send('GET', '/')).body).toBe(before)
  })

  it.each([
    'delete unknown credential',
    'label unknown credential',
    'consent of unknown client',
    'delete consent',
    'link start',
    'unlink not linked',
  ])('answers as Keycloak: %s', async (note) => {
    await check(note)
  })

  it('refuses who brings no token, or one that is not for it', async () => {
    await check('no token', [], null)
    await check('client token without account role', [], 'abc')
    const answer = await send('GET', '/', { headers: { origin: 'https://evil.test' } })
    expect(answer.status).toBe(403)
    const own = await send('GET', '/', { headers: { origin: 'http://127.0.0.1:3000' } })
    expect(own.headers['access-control-allow-origin']).toBe('http://127.0.0.1:3000')
  })

  it('lists what one signs in with', async () => {
    const { body } = await send('GET', '/credentials')
    const kinds = JSON.parse(body) as { type: string; userCredentialMetadatas?: unknown[] }[]
    const expected = ['password', 'otp', 'webauthn-passwordless']
    expect(kinds.map(({ type }) => type)).toEqual(expected)
    expect(kinds[0]).toMatchObject({
      type: 'password',
      removeable: false,
      updateAction: 'UPDATE_PASSWORD',
    })
    expect(body).not.toContain('secretData')
    expect(kinds[2]).toMatchObject({
      category: 'passwordless',
      createAction: 'webauthn-register-passwordless',
      removeable: true,
    })
    const only = JSON.parse(
      (await send('GET', '/credentials?type=otp&user-credentials=false')).body,
    )
    expect(only).toHaveLength(1)
    expect(only[0].userCredentialMetadatas).toBeUndefined()
  })

  it('lists applications in use, linked accounts and languages', async () => {
    const applications = JSON.parse((await send('GET', '/applications')).body)
    expect(applications).toContainEqual(
      expect.objectContaining({ clientId: 'web', clientName: 'Web application', inUse: true }),
    )
    await check('linked accounts', ofThatDay)
    expect(JSON.parse((await send('GET', '/supportedLocales')).body)).toEqual(['de', 'en', 'fr'])
    expect((await send('GET', '/resources')).status).toBe(403)
  })

  it('lists sessions by device, and ends another one but not that of somebody else', async () => {
    const browser = new Browser()
    await replay.login({ username: 'bob', browser })
    const sessions = JSON.parse((await send('GET', '/sessions')).body) as {
      id: string
      current?: boolean
    }[]
    expect(sessions.filter(({ current }) => current)).toHaveLength(1)
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    const firefox = new Browser({ headers: { 'user-agent': userAgent } })
    await replay.login({ username: 'bob', browser: firefox })
    const devices = JSON.parse((await send('GET', '/sessions/devices')).body)
    expect(devices).toContainEqual(expect.objectContaining({ os: 'Linux', device: 'Other' }))
    expect(JSON.stringify(devices)).toContain('"browser":"Firefox/140.0"')
    expect(devices[0]).toMatchObject({ current: true, mobile: false })
    const alice = (await replay.login({ username: 'alice' })).access
    const other = sessions.find(({ current }) => !current)
    const byAlice = await send('DELETE', `/sessions/${other?.id}`, { bearer: alice })
    expect(byAlice.status).toBe(204)
    expect(JSON.parse((await send('GET', '/sessions')).body)).toHaveLength(sessions.length + 1)
    expect((await send('DELETE', `/sessions/${other?.id}`)).status).toBe(204)
    const left = JSON.parse((await send('GET', '/sessions')).body) as { id: string }[]
    expect(left.map(({ id }) => id)).not.toContain(other?.id)
    await send('DELETE', '/sessions')
    expect(JSON.parse((await send('GET', '/sessions')).body)).toHaveLength(1)
  })

  it('is the console for who asks for a page', async () => {
    const answer = await fetch(`${replay.origin}/realms/acme/account/applications`, {
      headers: { accept: 'text/html' },
    })
    expect(answer.status).toBe(200)
    const page = await answer.text()
    expect(page).toContain('"clientId":"account-console"')
    expect(answer.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  it('shows in its menu what its visitor may see', async () => {
    const menu = async (browser: Browser) => {
      const url = `${replay.origin}/realms/acme/account/`
      const { body } = await browser.get(url, { headers: { accept: 'text/html' } })
      return /"isViewApplicationsEnabled":(true|false)/.exec(body)?.[1]
    }
    const browser = new Browser()
    expect(await menu(browser)).toBe('false')
    await replay.login({ username: 'bob', browser })
    expect(await menu(browser)).toBe('false')
    const { access: bearer } = await replay.login({ username: 'realmadmin' })
    const admin = async (method: string, path: string, body?: unknown) => {
      const url = `${replay.origin}/admin/realms/acme${path}`
      const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' }
      const text = body === undefined ? {} : { body: JSON.stringify(body) }
      return await client.send({ method, url, headers, ...text })
    }
    const idOf = ({ body }: HttpAnswer) => (JSON.parse(body) as [{ id: string }])[0].id
    const account = idOf(await admin('GET', '/clients?clientId=account'))
    const bob = idOf(await admin('GET', '/users?username=bob&exact=true'))
    const role = await admin('GET', `/clients/${account}/roles/view-applications`)
    const path = `/users/${bob}/role-mappings/clients/${account}`
    expect((await admin('POST', path, [JSON.parse(role.body)])).status).toBe(204)
    expect(await menu(browser)).toBe('true')
  })
})
