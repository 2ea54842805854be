import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { begin, signedIn } from './login-pages.ts'

describe('brute-force protection', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('locks after two quick failures, and does not say so', async () => {
    const browser = new Browser()
    const asked = await browser.submit(await begin(server, browser), { username: 'locked' })
    const first = await browser.submit(asked, { password: 'wrong' })
    const second = await browser.submit(first, { password: 'wrong' })
    const locked = await browser.submit(second, { password: 'locked-Passw0rd' })
    expect(locked.id).toBe('login-login')
    expect(locked.text).toContain('Invalid username or password.')
    const elsewhere = await signedIn(server, 'locked')
    expect(elsewhere.page.text).toContain('Invalid username or password.')
  })

  it('counts each of many attempts at the same time, and lets none of them through', async () => {
    const attempts = Array.from({ length: 12 }, async () => {
      const browser = new Browser()
      const asked = await browser.submit(await begin(server, browser), { username: 'usermanager' })
      return browser.submit(asked, { password: 'wrong' })
    })
    for (const page of await Promise.all(attempts)) expect(page.id).toBe('login-login')
    const { page } = await signedIn(server, 'usermanager')
    expect(page.text).toContain('Invalid username or password.')
  })

  it('forgets the failures of a user who signs in', async () => {
    const browser = new Browser()
    const asked = await browser.submit(await begin(server, browser), { username: 'dave' })
    const wrong = await browser.submit(asked, { password: 'wrong' })
    const done = await browser.submit(wrong, { password: 'dave-Passw0rd' })
    expect(done.location?.searchParams.get('code')).not.toBeNull()
    expect(await failuresOf('dave')).toBe(0)
  })

  it('forgets them also for a password grant, and not for a wrong password', async () => {
    const grant = (password: string) =>
      fetch(`${server.realmUrl('acme')}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'password',
          client_id: 'web',
          client_secret: 'web-secret',
          username: 'dave',
          password,
        }),
      })
    expect((await grant('wrong')).status).toBe(400)
    expect(await failuresOf('dave')).toBe(1)
    expect((await grant('dave-Passw0rd')).status).toBe(200)
    expect(await failuresOf('dave')).toBe(0)
  })

  async function failuresOf(username: string): Promise<number> {
    const [row] = await server.database.query<{ failures: number }>(
      'SELECT failures FROM login_failure f JOIN users u ON u.id = f.user_id WHERE u.username = $1',
      [username],
    )
    return row?.failures ?? 0
  }
})
