import { afterAll, beforeAll, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { newestEvent } from '../webauthn/key-realm.ts'
import { anna, answerOf, type SmallRealm, SmallRealms, webRedirect } from './small-realm.ts'

let realms: SmallRealms
let realm: SmallRealm

/** A flow of these steps and the one that counts sessions, with its settings beside it. */
const flowOf = (alias: string, steps: readonly string[]) => ({
  alias,
  providerId: 'basic-flow',
  topLevel: true,
  builtIn: false,
  authenticationExecutions: [...steps, 'user-session-limits'].map((authenticator, index) => ({
    authenticator,
    requirement: 'REQUIRED',
    priority: index,
    ...(authenticator === 'user-session-limits' ? { authenticatorConfig: 'limits' } : {}),
  })),
})

beforeAll(async () => {
  realms = await SmallRealms.start()
  const password = ['direct-grant-validate-username', 'direct-grant-validate-password']
  realm = await realms.create(
    'limited',
    {
      eventsEnabled: true,
      authenticatorConfig: [{ alias: 'limits', config: { userRealmLimit: '2' } }],
      authenticationFlows: [
        flowOf('form', ['auth-username-password-form']),
        flowOf('grant', password),
      ],
      browserFlow: 'form',
      directGrantFlow: 'grant',
    },
    { directAccessGrantsEnabled: true },
  )
})
afterAll(async () => await realms[Symbol.asyncDispose]())

const signIn = async (clientId = 'web') => {
  const browser = new Browser()
  return await browser.submit(await realm.begin(browser, {}, clientId), anna)
}

async function configure(config: Readonly<Record<string, string>>): Promise<void> {
  for (const flow of ['form', 'grant']) {
    type Execution = { providerId: string; authenticationConfig?: string }
    const all = (await realm.send(`/authentication/flows/${flow}/executions`, 'GET')) as Execution[]
    const id = all.find((one) => one.authenticationConfig)?.authenticationConfig
    await realm.send(`/authentication/config/${id}`, 'PUT', { id, alias: 'limits', config })
  }
}

const post = async (form: Readonly<Record<string, string>>) =>
  await fetch(`${realm.url}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'web', ...form }),
  })

const sessions = async () =>
  (await realm.send(`/users/${await realm.userId()}/sessions`, 'GET')) as { id: string }[]

it('a user has no more sessions than the realm allows; one more is refused, also to a grant', async () => {
  const { code = '' } = answerOf(await signIn()) as { code?: string }
  // A session is a client's once its code was redeemed.
  await post({ grant_type: 'authorization_code', code, redirect_uri: webRedirect })
  expect(answerOf(await signIn('other'))).toHaveProperty('code')
  const refused = await signIn()
  expect([refused.status, refused.id]).toEqual([403, 'login-error'])
  expect(refused.text).toContain('There are too many sessions')
  expect((await newestEvent(realm, 'LOGIN_ERROR')).error).toBe('generic_authentication_error')
  const grant = await post({ grant_type: 'password', ...anna })
  expect([grant.status, await grant.json()]).toEqual([
    400,
    { error: 'invalid_grant', error_description: 'There are too many sessions' },
  ])
  expect(await sessions()).toHaveLength(2)
})

it('a client may have its own limit, with a text of its own', async () => {
  await configure({ userRealmLimit: '0', userClientLimit: '1', errorMessage: 'Enough for web' })
  expect((await signIn()).text).toContain('Enough for web')
  await configure({ userRealmLimit: '0', userClientLimit: '2' })
  expect(answerOf(await signIn())).toHaveProperty('code')
})

it('the oldest sessions end where the realm wants that', async () => {
  const before = await sessions()
  expect(before).toHaveLength(3)
  await configure({ userRealmLimit: '2', behavior: 'Terminate oldest session' })
  expect(answerOf(await signIn())).toHaveProperty('code')
  const after = await sessions()
  expect(after).toHaveLength(2)
  expect(before.filter(({ id }) => after.some((one) => one.id === id))).toHaveLength(1)
})

it('limits that are no numbers let nobody in', async () => {
  await configure({ userRealmLimit: 'many' })
  expect((await signIn()).id).toBe('login-error')
})
