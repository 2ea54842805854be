import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { authorizationResponse } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { begin, signedIn } from './login-pages.ts'

describe('a profile that lacks what the realm requires', () => {
  let server: TestServer
  let admin: AdminSession
  beforeAll(async () => {
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    await admin.send('/admin/realms/acme/users', {
      method: 'POST',
      body: {
        username: 'sparse',
        enabled: true,
        credentials: [{ type: 'password', value: 'sparse-Passw0rd' }],
      },
    })
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  const stored = async (): Promise<Record<string, unknown>> => {
    const { body } = await admin.send('/admin/realms/acme/users?username=sparse&exact=true')
    return (body as Record<string, unknown>[])[0] ?? {}
  }

  it('is completed at the next login, once', async () => {
    const { browser, page } = await signedIn(server, 'sparse')
    expect(page.id).toBe('login-login-update-profile')
    expect(page.url.searchParams.get('execution')).toBe('VERIFY_PROFILE')
    const wrong = await browser.submit(page, { email: 'no address', firstName: 'Sparse' })
    expect(wrong.id).toBe('login-login-update-profile')
    expect(wrong.text).toContain('Invalid email address.')
    expect(wrong.text).toContain('Please specify this field.')
    // Nothing of a form with mistakes is kept.
    expect(await stored()).not.toHaveProperty('firstName')
    const done = await browser.submit(wrong, {
      email: 'sparse@acme.test',
      firstName: 'Sparse',
      lastName: 'Tester',
    })
    authorizationResponse(done)
    expect(await stored()).toMatchObject({
      email: 'sparse@acme.test',
      emailVerified: false,
      firstName: 'Sparse',
      lastName: 'Tester',
      requiredActions: [],
    })
    authorizationResponse((await signedIn(server, 'sparse')).page)
  })

  it('does not let a silent request through', async () => {
    const { browser } = await signedIn(server, 'sparse')
    const { id } = await stored()
    const path = `/admin/realms/acme/users/${id}`
    await admin.send(path, { method: 'PUT', body: { ...(await stored()), lastName: '' } })
    const silent = await begin(server, browser, { prompt: 'none' })
    expect(silent.location?.searchParams.get('error')).toBe('interaction_required')
  })
})
