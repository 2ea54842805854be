import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from './small-realm.ts'

let realms: SmallRealms
beforeAll(async () => {
  realms = await SmallRealms.start()
})
afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

/** Adds a step to a flow. */
async function addStep(
  realm: SmallRealm,
  flow: string,
  provider: string,
  requirement: string,
): Promise<void> {
  const path = `/authentication/flows/${encodeURIComponent(flow)}/executions`
  await realm.send(`${path}/execution`, 'POST', { provider })
  const all = (await realm.send(path, 'GET')) as { providerId?: string }[]
  const added = all.find(({ providerId }) => providerId === provider)
  await realm.send(path, 'PUT', { ...added, requirement })
}

async function useFlow(
  realm: SmallRealm,
  steps: readonly (readonly [string, string])[],
): Promise<void> {
  const flow = { alias: 'mine', providerId: 'basic-flow', topLevel: true, builtIn: false }
  await realm.send('/authentication/flows', 'POST', flow)
  for (const [provider, requirement] of steps) await addStep(realm, 'mine', provider, requirement)
  await realm.send('', 'PUT', { browserFlow: 'mine' })
}

describe('HTTP Basic in a browser flow', () => {
  const basic = (name: string, password: string) =>
    `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
  const ask = (realm: SmallRealm, authorization: string | undefined): Promise<Page> =>
    realm.begin(new Browser(authorization === undefined ? {} : { headers: { authorization } }), {})

  it('lets in who sends the right name and password, and asks all others again', async () => {
    const realm = await realms.create('basic', { eventsEnabled: true })
    await useFlow(realm, [['http-basic-authenticator', 'REQUIRED']])
    expect(answerOf(await ask(realm, basic('anna', 'pw')))).toHaveProperty('code')
    expect(answerOf(await ask(realm, basic('anna@example.org', 'pw')))).toHaveProperty('code')
    for (const wrong of [basic('anna', 'no'), basic('anna', ''), basic('nobody', 'pw')]) {
      const { status, answer } = await ask(realm, wrong)
      expect([status, answer.headers['www-authenticate']]).toEqual([401, 'Basic realm="basic"'])
    }
    for (const none of [undefined, 'Basic', 'Bearer abc', 'Basic !']) {
      expect((await ask(realm, none)).status).toBe(400)
    }
    const errors = (await realm.send('/events?type=LOGIN_ERROR', 'GET')) as {
      error: string
      details: Record<string, string>
    }[]
    expect(errors.map(({ error, details }) => [error, details['username']])).toContainEqual([
      'invalid_user_credentials',
      'nobody',
    ])
  })

  it('leaves who sends nothing to the form beside it, and counts wrong passwords', async () => {
    const realm = await realms.create('basic-or-form', {
      bruteForceProtected: true,
      failureFactor: 2,
      quickLoginCheckMilliSeconds: 0,
    })
    await useFlow(realm, [
      ['http-basic-authenticator', 'ALTERNATIVE'],
      ['auth-username-password-form', 'ALTERNATIVE'],
    ])
    const browser = new Browser()
    const page = await realm.begin(browser)
    expect(page.id).toBe('login-login')
    expect(answerOf(await browser.submit(page, anna))).toHaveProperty('code')
    expect(answerOf(await ask(realm, basic('anna', 'pw')))).toHaveProperty('code')
    for (const password of ['no', 'no', 'pw']) {
      expect((await ask(realm, basic('anna', password))).status).toBe(401)
    }
  })
})
