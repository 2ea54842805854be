import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../harness/fixtures.ts'
import { parseForms } from '../harness/html-page.ts'
import { type HttpAnswer, HttpClient } from '../harness/http-exchange.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { acmeRedirectUri } from './replay.ts'

interface ForwardedCase {
  readonly note: string
  readonly headers: Readonly<Record<string, string>>
  readonly issuer: string
  readonly loginPage: {
    readonly status: number
    readonly formAction: string
    readonly setCookie: readonly { readonly name: string; readonly attributes: readonly string[] }[]
  }
}

interface HealthAnswer {
  readonly status: number
  readonly contentType: string | null
  readonly body?: unknown
}

/** Origin of the server that was recorded. */
const recordedOrigin = 'http://127.0.0.1:18977'
const http = new HttpClient()

describe('behind a proxy, as Keycloak answers', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ options: ['--proxy-headers=xforwarded'] })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const { cases } = fixture<{ cases: ForwardedCase[] }>('operations/proxy-headers')
  const here = (text: string): string => text.replace(recordedOrigin, server.url)
  const get = (path: string, recorded: ForwardedCase): Promise<HttpAnswer> =>
    http.send({ method: 'GET', url: `${server.url}${path}`, headers: recorded.headers })

  it.each(cases)('$note: issuer', async (recorded) => {
    const answer = await get('/realms/acme/.well-known/openid-configuration', recorded)
    const { issuer } = JSON.parse(answer.body) as { issuer: string }
    expect(issuer).toBe(here(recorded.issuer))
  })

  it.each(cases)('$note: form action and cookies', async (recorded) => {
    const url = authorizationUrl({
      realmUrl: server.realmUrl('acme'),
      clientId: 'web',
      redirectUri: acmeRedirectUri,
    })
    const answer = await get(`${url.pathname}${url.search}`, recorded)
    expect(answer.status).toBe(recorded.loginPage.status)
    const action = new URL(parseForms(answer.body).find(({ method }) => method === 'POST')!.action)
    const [address, names = ''] = here(recorded.loginPage.formAction).split('?')
    expect(`${action.origin}${action.pathname}`).toBe(address)
    expect([...action.searchParams.keys()]).toEqual(expect.arrayContaining(names.split('&')))
    const cookies = new Map(
      answer.setCookies.map((line) => {
        const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
        return [pair.split('=')[0], attributes.toSorted()]
      }),
    )
    for (const { name, attributes } of recorded.loginPage.setCookie) {
      expect(cookies.get(name), name).toEqual(attributes.toSorted())
    }
  })
})

describe('health, as Keycloak answers', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ options: ['--cache=local'] })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const { endpoints } = fixture<{ endpoints: Record<string, HealthAnswer> }>('operations/health')
  const paths = Object.entries(endpoints).filter(([path]) => path.startsWith('/health'))

  it.each(paths)('%s', async (path, recorded) => {
    const answer = await http.send({ method: 'GET', url: `${server.server.managementUrl}${path}` })
    expect(answer.status).toBe(recorded.status)
    expect(answer.headers['content-type']).toBe(recorded.contentType)
    const { checks, ...body } = JSON.parse(answer.body) as { checks: { name: string }[] }
    const { checks: wanted, ...rest } = recorded.body as { checks: { name: string }[] }
    expect(body).toEqual(rest)
    const byName = (a: { name: string }, b: { name: string }): number =>
      a.name.localeCompare(b.name)
    expect(checks.toSorted(byName)).toEqual(wanted.toSorted(byName))
  })

  it('main port /health', async () => {
    const answer = await http.send({ method: 'GET', url: `${server.url}/health` })
    expect(answer.status).toBe(404)
  })
})
