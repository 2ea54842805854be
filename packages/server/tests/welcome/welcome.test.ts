import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer({
    empty: true,
    environment: { KC_BOOTSTRAP_ADMIN_USERNAME: '', KC_BOOTSTRAP_ADMIN_PASSWORD: '' },
  })
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

async function openForm(): Promise<{ cookie: string; stateChecker: string }> {
  const response = await fetch(`${server.url}/`)
  const page = await response.text()
  return {
    cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '',
    stateChecker: /name="stateChecker" value="([^"]+)"/.exec(page)?.[1] ?? '',
  }
}

async function post(form: Record<string, string>, cookie: string, headers = {}) {
  const response = await fetch(`${server.url}/`, {
    method: 'POST',
    headers: { cookie, ...headers },
    body: new URLSearchParams(form),
  })
  return { status: response.status, text: await response.text() }
}

describe('the first administrator', () => {
  it('is not created for visitors from elsewhere, behind a proxy or without the form', async () => {
    const { cookie, stateChecker } = await openForm()
    const passwords = { password: 'first-Passw0rd', 'password-confirmation': 'first-Passw0rd' }
    const form = { username: 'root', ...passwords, stateChecker }
    const proxied = await post(form, cookie, { 'x-forwarded-for': '192.0.2.1' })
    expect(proxied.status).toBe(403)
    expect((await post({ ...form, stateChecker: 'guess' }, cookie)).status).toBe(400)
    expect((await post(form, '')).status).toBe(400)
  })

  it('needs a name and the same password twice', async () => {
    const { cookie, stateChecker } = await openForm()
    const nameless = await post({ username: '', password: 'x', stateChecker }, cookie)
    expect(nameless.text).toContain('Please specify username.')
    const different = await post(
      { username: 'root', password: 'a', 'password-confirmation': 'b', stateChecker },
      cookie,
    )
    expect(different.text).toContain('id="input-error-password-confirmation"')
  })

  it('is created once, and may then administer', async () => {
    const { cookie, stateChecker } = await openForm()
    const password = 'first-Passw0rd'
    const form = { username: 'Root', password, 'password-confirmation': password, stateChecker }
    expect(await post(form, cookie)).toMatchObject({
      status: 200,
      text: expect.stringContaining('The administrator has been created.'),
    })
    expect((await post(form, cookie)).status).toBe(403)
    expect(await (await fetch(server.url)).text()).toContain('data-page-id="welcome-ready"')
    const token = await fetch(`${server.realmUrl('master')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        username: 'root',
        password,
      }),
    })
    expect(token.status).toBe(200)
  })
})

describe('the sample application', () => {
  it('is there for visitors on this machine alone', async () => {
    const path = `${server.url}/sample-app`
    const elsewhere = { headers: { 'x-forwarded-for': '192.0.2.1' } }
    expect((await fetch(path, elsewhere)).status).toBe(404)
    expect((await fetch(`${path}?realm=master`, elsewhere)).status).toBe(404)
    expect((await fetch(`${path}?realm=nowhere`)).status).toBe(404)
    const page = await fetch(path)
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(await page.text()).toContain('There is no realm of your own yet.')
  })
})

describe('static files of the pages', () => {
  it('are kept by browsers under the address of their content only', async () => {
    const page = await (await fetch(server.url)).text()
    const path = /href="([^"]+login\.css)"/.exec(page)?.[1] ?? ''
    const current = await fetch(`${server.url}${path}`)
    expect(current.status).toBe(200)
    expect(current.headers.get('cache-control')).toContain('immutable')
    const other = await fetch(`${server.url}${path.replace(/resources\/\w+/, 'resources/older')}`)
    expect(other.status).toBe(200)
    expect(other.headers.get('cache-control')).toBe('no-cache')
    expect((await fetch(`${server.url}${path}.map`)).status).toBe(404)
  })
})
