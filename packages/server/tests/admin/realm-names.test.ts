import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})
afterAll(() => server?.[Symbol.asyncDispose]())

const create = async (realm: string) =>
  await admin.send('/admin/realms', {
    method: 'POST',
    body: {
      realm,
      enabled: true,
      clients: [{ clientId: 'app', publicClient: true, redirectUris: ['http://app.test/*'] }],
    },
  })

it('a realm may have a name that means something to HTML and addresses, and it means nothing there', async () => {
  const name = `a"><b>%41'{}^\`é`
  expect((await create(name)).status).toBe(201)
  const url = `${server.url}/realms/${encodeURIComponent(name)}`
  const query = new URLSearchParams({
    client_id: 'app',
    response_type: 'code',
    redirect_uri: 'http://app.test/cb',
  })
  for (const path of [
    `/protocol/openid-connect/auth?${query}`,
    '/protocol/openid-connect/auth?client_id=nope',
    '/protocol/openid-connect/logout',
    '/account/',
  ]) {
    const page = await fetch(url + path)
    expect(page.headers.get('content-type'), path).toContain('text/html')
    expect(await page.text(), path).not.toContain('"><b>')
  }
  const discovery = await fetch(`${url}/.well-known/openid-configuration`)
  expect(await discovery.json()).toMatchObject({ issuer: url })
  const userinfo = await fetch(`${url}/protocol/openid-connect/userinfo`)
  expect(userinfo.headers.get('www-authenticate')).not.toContain('"><b>')
  const path = `/admin/realms/${encodeURIComponent(name)}`
  expect((await admin.send(path)).body).toMatchObject({ realm: name })
  expect((await admin.send(path, { method: 'DELETE' })).status).toBe(204)
})

it.each([...'&#?/\\;=+*[]():@,!$\t\n\u0000'])('no realm has %j in its name', async (character) => {
  const answer = await create(`a${character}b`)
  expect(answer.status).toBe(400)
})
