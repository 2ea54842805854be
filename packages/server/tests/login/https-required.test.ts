import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { begin } from './login-pages.ts'

/** The realm acme has `sslRequired: external`. */
describe('a realm that wants HTTPS from outside', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ options: ['--proxy-headers=xforwarded'] })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  const outside = { 'x-forwarded-for': '203.0.113.9' }
  const token = async (headers: Record<string, string>) =>
    fetch(`${server.realmUrl('acme')}/protocol/openid-connect/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'svc',
        client_secret: 'svc-secret',
      }),
    })

  it('shows a page instead of the login to who comes without', async () => {
    const refused = await begin(server, new Browser({ headers: outside }))
    expect([refused.status, refused.id]).toEqual([400, 'login-error'])
    expect(refused.text).toContain('HTTPS required')
    const local = await begin(server, new Browser())
    expect(local.id).toBe('login-login-username')
    const form = await new Browser({ headers: outside }).post(local.form().action, {
      username: 'a',
    })
    expect([form.status, form.id]).toEqual([400, 'login-error'])
    expect(form.text).toContain('HTTPS required')
  })

  it('refuses token requests, which are fine from near by and by HTTPS', async () => {
    const refused = await token(outside)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ error_description: 'HTTPS required' })
    expect((await token({})).status).toBe(200)
    expect((await token({ ...outside, 'x-forwarded-proto': 'https' })).status).toBe(200)
  })
})
