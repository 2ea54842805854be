import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { demoPassword, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { formBody, type HttpAnswer, HttpClient } from '../harness/http-exchange.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { WrittenTransactions } from './written-transactions.ts'

/** Tables that the cluster and the sweeper write to on their own. */
const own = [
  'cluster_member',
  'cluster_view',
  'job_lease',
  'inv_log',
  'inv_epoch',
  'cluster_identity',
]
/** Longest that a batched touch waits, with room. */
const batchMs = 2_500
const refreshes = 20

describe('what a request writes', () => {
  let server: TestServer
  let written: WrittenTransactions
  const http = new HttpClient()
  const browser = new Browser()
  const app = { client_id: 'app', client_secret: demoSecret('app') }
  let code = ''
  let tokens: { access_token: string; refresh_token: string }

  beforeAll(async () => {
    server = await startTestServer()
    written = await WrittenTransactions.watch(server.database)
    // The first page of a cluster makes the key that login states are sealed with.
    await browser.get(authorization())
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const during = (run: () => Promise<unknown>): Promise<string[]> => written.during(run, own)
  const authorization = (): URL =>
    authorizationUrl({
      realmUrl: server.realmUrl('demo'),
      clientId: 'app',
      redirectUri: demoRedirectUri,
    })
  const post = async (endpoint: string, form: Record<string, string>): Promise<HttpAnswer> => {
    const url = `${server.realmUrl('demo')}/protocol/openid-connect/${endpoint}`
    const answer = await http.send({ method: 'POST', url, ...formBody(form) })
    expect(answer.status, answer.body).toBeLessThan(300)
    return answer
  }

  it('the first page of a login: nothing', async () => {
    expect(await during(() => browser.get(authorization()))).toEqual([])
  })

  it('a password that is right: one transaction', async () => {
    const page = await browser.get(authorization())
    const person = { username: 'person-0', password: demoPassword('person-0') }
    const writes = await during(async () => {
      code = authorizationResponse(await signIn(browser, page, person)).code
    })
    expect(writes).toHaveLength(1)
  })

  it('the redemption of its code: one transaction', async () => {
    const form = { grant_type: 'authorization_code', code, redirect_uri: demoRedirectUri, ...app }
    const writes = await during(async () => {
      tokens = JSON.parse((await post('token', form)).body) as typeof tokens
    })
    expect(writes).toHaveLength(1)
  })

  it('userinfo and introspection: nothing', async () => {
    const writes = await during(async () => {
      await http.send({
        method: 'GET',
        url: `${server.realmUrl('demo')}/protocol/openid-connect/userinfo`,
        headers: { authorization: `Bearer ${tokens.access_token}` },
      })
      const api = { client_id: 'api', client_secret: demoSecret('api') }
      await post('token/introspect', { ...api, token: tokens.access_token })
    })
    expect(writes).toEqual([])
  })

  it('client_credentials: nothing', async () => {
    const client = { client_id: 'service', client_secret: demoSecret('service') }
    const form = { grant_type: 'client_credentials', ...client }
    expect(await during(() => post('token', form))).toEqual([])
  })

  it(`${refreshes} refreshes: a batch for each second that they take, and one more`, async () => {
    const form = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, ...app }
    let seconds = 0
    const writes = await during(async () => {
      const begin = performance.now()
      for (let count = 0; count < refreshes; count++) await post('token', form)
      seconds = Math.ceil((performance.now() - begin) / 1000)
      await pause(batchMs)
    })
    expect(writes.length).toBeLessThanOrEqual(seconds + 1)
  })

  it('a logout: one transaction', async () => {
    const form = { refresh_token: tokens.refresh_token, ...app }
    expect(await during(() => post('logout', form))).toHaveLength(1)
  })
})
