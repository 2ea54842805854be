import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { demoPassword, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { formBody, type HttpAnswer, HttpClient } from '../harness/http-exchange.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const idleMs = 3_000
/** Touches are written within two seconds. */
const settleMs = 2_500
const times = 20
/** What polls and heartbeats add or leave out by chance, for each operation. */
const chance = 0.7

/** Messages to the database that a request waits for: each is a turn of the main thread, see docs/operating/cost.md. */
describe('how often a request asks the database', () => {
  let server: TestServer
  let idlePerMs = 0
  const http = new HttpClient()
  const person = { username: 'person-0', password: demoPassword('person-0') }
  const app = { client_id: 'app', client_secret: demoSecret('app') }

  beforeAll(async () => {
    server = await startTestServer({ options: ['--metrics-enabled=true'] })
    for (let count = 0; count < 3; count++) await login()
    await pause(settleMs)
    const before = await roundTrips()
    await pause(idleMs)
    idlePerMs = ((await roundTrips()) - before) / idleMs
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  it('asks hardly more than once a second while nobody uses the server', () => {
    expect(idlePerMs * 1_000).toBeLessThan(2)
  })

  async function roundTrips(): Promise<number> {
    const url = `${server.server.managementUrl}/metrics`
    const page = (await http.send({ method: 'GET', url })).body
    const samples = page
      .split('\n')
      .filter((line) => /^holdfast_sql_round_trips_total[ {]/.test(line))
    expect(samples).not.toEqual([])
    return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  }

  async function each(run: () => Promise<unknown>): Promise<number> {
    await run()
    const begin = performance.now()
    const before = await roundTrips()
    for (let count = 0; count < times; count++) await run()
    await pause(settleMs)
    const after = await roundTrips()
    return (after - before - idlePerMs * (performance.now() - begin)) / times
  }

  async function post(endpoint: string, form: Record<string, string>): Promise<HttpAnswer> {
    const url = `${server.realmUrl('demo')}/protocol/openid-connect/${endpoint}`
    const answer = await http.send({ method: 'POST', url, ...formBody({ ...form, ...app }) })
    expect(answer.status, answer.body).toBeLessThan(300)
    return answer
  }

  async function login(): Promise<{ access_token: string; refresh_token: string }> {
    const browser = new Browser()
    const realmUrl = server.realmUrl('demo')
    const url = authorizationUrl({ realmUrl, clientId: 'app', redirectUri: demoRedirectUri })
    const { code } = authorizationResponse(await signIn(browser, await browser.get(url), person))
    const form = { grant_type: 'authorization_code', code, redirect_uri: demoRedirectUri }
    return JSON.parse((await post('token', form)).body) as Awaited<ReturnType<typeof login>>
  }

  it('a login: the password, the session, the code', async () => {
    expect(await each(login)).toBeLessThan(3 + chance)
  })

  it('a password grant: the password, the session', async () => {
    const form = { grant_type: 'password', ...person }
    expect(await each(() => post('token', form))).toBeLessThan(2 + chance)
  })

  it('a refresh: the session, and a share of a batch of touches', async () => {
    const { refresh_token } = await login()
    const form = { grant_type: 'refresh_token', refresh_token }
    expect(await each(() => post('token', form))).toBeLessThan(1 + chance)
  })

  it('a login and its logout: two more', async () => {
    const both = async () => {
      const { refresh_token } = await login()
      await post('logout', { refresh_token })
    }
    expect(await each(both)).toBeLessThan(3 + 2 + chance)
  })
})
