import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms, webRedirect } from './small-realm.ts'

let realms: SmallRealms
let realm: SmallRealm
beforeAll(async () => {
  realms = await SmallRealms.start()
  realm = await realms.create('rules')
})
afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

describe('a request that client policies would not let pass any more', () => {
  type Executor = readonly [id: string, configuration?: Readonly<Record<string, unknown>>]
  const challenge = {
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  }
  const policies = (...executors: Executor[]) => ({
    clientProfiles: {
      profiles: [
        {
          name: 'mine',
          executors: executors.map(([executor, configuration = {}]) => ({
            executor,
            configuration,
          })),
        },
      ],
    },
    clientPolicies: {
      policies: [
        {
          ...{ name: 'mine', enabled: true, profiles: ['mine'] },
          conditions: [{ condition: 'any-client', configuration: {} }],
        },
      ],
    },
  })
  /** Puts policies in the place of those that the realm has. */
  const follow = async (
    realm: SmallRealm,
    { clientProfiles, clientPolicies }: ReturnType<typeof policies>,
  ) => {
    await realm.send('/client-policies/policies', 'PUT', { policies: [] })
    await realm.send('/client-policies/profiles', 'PUT', clientProfiles)
    await realm.send('/client-policies/policies', 'PUT', clientPolicies)
  }
  const pkce = 'Missing parameter: code_challenge_method'
  const object = new UnsecuredJWT({ redirect_uri: webRedirect, response_type: 'code' }).encode()

  it.each([
    ['pkce-enforcer', {}, ['pkce-enforcer'], pkce],
    ['secure-par-content', {}, ['secure-par-content'], 'PAR request_uri not included.'],
    ['confidential-client', {}, ['confidential-client'], 'invalid client access type: public'],
    [
      'secure-request-object',
      {},
      ['secure-request-object'],
      "Missing parameter: 'request' or 'request_uri'",
    ],
    [
      'secure-request-object with an object that nobody looked at',
      { request: object },
      ['secure-request-object'],
      "Invalid parameter: : 'request' or 'request_uri'",
    ],
    ['secure-response-type', {}, ['secure-response-type'], 'invalid response_type'],
    ['reject-request', {}, ['reject-request'], 'Request not allowed'],
    [
      'auth-flow-enforcer',
      {},
      ['auth-flow-enforcer', { 'auth-flow-alias': 'nowhere' }],
      'authentication_expired',
    ],
  ] as const)('starts nothing again, and ends nothing: %s', async (_name, sent, rule, said) => {
    await realm.send('/client-policies/policies', 'PUT', { policies: [] })
    const browser = new Browser()
    const other = new Browser()
    const page = await realm.begin(browser, { ...sent, state: 'one' })
    const address = new URL((await realm.begin(other, sent)).form('kc-form-login').action)
    await follow(realm, policies(rule))
    const ended = answerOf(await browser.submit(page, anna))
    expect(ended).toMatchObject({ error_description: said, state: 'one' })
    expect(ended).not.toHaveProperty('code')
    const restart = new URL(address.href.replace('/authenticate', '/restart'))
    expect(answerOf(await other.get(restart))).toMatchObject({ error_description: said })
    address.searchParams.delete('session_code')
    expect(answerOf(await other.get(address))).toMatchObject({ error_description: said })
  })

  it('does not send the browser where they do not let it go', async () => {
    await realm.send('/client-policies/policies', 'PUT', { policies: [] })
    const browser = new Browser()
    const page = await realm.begin(browser)
    await follow(realm, policies(['secure-redirect-uris-enforcer']))
    const refused = await browser.submit(page, anna)
    expect(refused.location).toBeNull()
    expect(refused.status).toBe(400)
    expect(refused.body).toContain('Invalid Redirect Uri')
  })

  it('goes on where they have seen it, and where it is as they want it', async () => {
    await follow(realm, policies(['pkce-enforcer']))
    const browser = new Browser()
    const page = await realm.begin(browser, challenge)
    await follow(realm, policies(['pkce-enforcer'], ['secure-session']))
    const ended = answerOf(await browser.submit(page, anna))
    expect(ended).toMatchObject({ error_description: 'Missing parameter: nonce' })
    const later = new Browser()
    const good = await realm.begin(later, { ...challenge, nonce: 'n' })
    await follow(realm, policies(['secure-session']))
    expect(answerOf(await later.submit(good, anna))).toHaveProperty('code')
  })

  it('goes through the flow that they want, however often it is started over', async () => {
    const realm = await realms.create('rule-flow', {
      ...policies(['auth-flow-enforcer', { 'auth-flow-alias': 'closed' }]),
      authenticationFlows: [
        {
          ...{ alias: 'closed', providerId: 'basic-flow', topLevel: true, builtIn: false },
          authenticationExecutions: [
            { authenticator: 'auth-username-form', requirement: 'REQUIRED', priority: 1 },
            { authenticator: 'deny-access-authenticator', requirement: 'REQUIRED', priority: 2 },
          ],
        },
      ],
    })
    const browser = new Browser()
    const page = await realm.begin(browser)
    expect(page.body).not.toContain('name="password"')
    const restart = page.form('kc-form-login').action.replace('/authenticate', '/restart')
    const again = await browser.get(new URL(restart))
    expect(again.body).toContain('name="username"')
    expect(again.body).not.toContain('name="password"')
    const refused = await browser.submit(again, anna)
    expect(refused.location).toBeNull()
  })
})
