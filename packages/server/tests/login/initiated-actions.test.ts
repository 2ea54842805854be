import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from './small-realm.ts'

describe('actions that an application starts', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  beforeAll(async () => {
    realms = await SmallRealms.start()
    realm = await realms.create('acting')
    for (const alias of ['delete_account', 'TERMS_AND_CONDITIONS']) {
      const action = (await realm.send(
        `/authentication/required-actions/${alias}`,
        'GET',
      )) as object
      await realm.send(`/authentication/required-actions/${alias}`, 'PUT', {
        ...action,
        enabled: true,
      })
    }
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  const start = (browser: Browser, action: string) => realm.begin(browser, { kc_action: action })
  const credentials = async (id: string) =>
    (await realm.send(`/users/${id}/credentials`, 'GET')) as { id: string; type: string }[]
  const person = async (username: string): Promise<string> => {
    await realm.send('/users', 'POST', {
      username,
      enabled: true,
      email: `${username}@example.org`,
      emailVerified: true,
      firstName: 'F',
      lastName: 'L',
      credentials: [{ type: 'password', value: 'pw' }],
    })
    const found = (await realm.send(`/users?username=${username}`, 'GET')) as { id: string }[]
    return found[0]?.id ?? ''
  }
  const signedIn = async (username: string): Promise<Browser> => {
    const browser = new Browser()
    answerOf(await browser.submit(await realm.begin(browser), { username, password: 'pw' }))
    return browser
  }

  it('set recovery codes up, of which each signs in once, and replace them', async () => {
    const id = await person('rita')
    const browser = await signedIn('rita')
    const page = await start(browser, 'CONFIGURE_RECOVERY_AUTHN_CODES')
    expect(page.id).toBe('login-login-recovery-authn-code-config')
    const codes = codesOn(page)
    expect(codes).toHaveLength(12)
    expect(codes.every((code) => /^[A-NP-Z1-9]{12}$/.test(code))).toBe(true)
    const forged = await browser.submit(page, { generatedRecoveryAuthnCodes: 'A,B,C' })
    expect(codesOn(forged)).toEqual(codes)
    const done = answerOf(await browser.submit(forged, {}))
    expect(done).toMatchObject({
      kc_action: 'CONFIGURE_RECOVERY_AUTHN_CODES',
      kc_action_status: 'success',
    })
    const before = await credentials(id)
    expect(before.map(({ type }) => type).toSorted()).toEqual(['password', 'recovery-authn-codes'])
    const again = await start(browser, 'CONFIGURE_RECOVERY_AUTHN_CODES')
    expect(codesOn(again)).not.toEqual(codes)
    answerOf(await browser.submit(again, {}))
    const after = await credentials(id)
    expect(after).toHaveLength(2)
    expect(after).not.toEqual(before)
  })

  it('take a credential away, but only one of the user', async () => {
    const id = await person('dan')
    const [other] = await credentials(await realm.userId())
    const browser = await signedIn('dan')
    await browser.submit(await start(browser, 'CONFIGURE_RECOVERY_AUTHN_CODES'), {})
    const own = (await credentials(id)).find(({ type }) => type === 'recovery-authn-codes')
    for (const wrong of [
      'delete_credential',
      'delete_credential:x',
      `delete_credential:${other?.id}`,
    ]) {
      const told = answerOf(await start(browser, wrong))
      expect(told).toMatchObject({ kc_action_status: 'error', code: expect.any(String) })
      expect(told).not.toHaveProperty('kc_action')
    }
    expect(await credentials(await realm.userId())).toHaveLength(1)
    const page = await start(browser, `delete_credential:${own?.id}`)
    expect(page.id).toBe('login-delete-credential')
    expect(page.text).toContain('Do you want to delete Recovery codes?')
    const kept = answerOf(await browser.submit(page, {}, { button: 'cancel-aia' }))
    expect(kept).toMatchObject({ kc_action: 'delete_credential', kc_action_status: 'cancelled' })
    expect(await credentials(id)).toHaveLength(2)
    const asked = await start(browser, `delete_credential:${own?.id}`)
    const gone = answerOf(await browser.submit(asked, {}, { button: 'accept' }))
    expect(gone).toMatchObject({ kc_action: 'delete_credential', kc_action_status: 'success' })
    expect((await credentials(id)).map(({ type }) => type)).toEqual(['password'])
  })

  it('end an account after another login, where its user may', async () => {
    const id = await person('quinn')
    const browser = await signedIn('quinn')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const asked = await start(browser, 'delete_account')
    expect(asked.text).toContain('Please re-authenticate to continue')
    const forbidden = await browser.submit(asked, { password: 'pw' })
    expect(forbidden.text).toContain(
      'You do not have enough permissions to delete your own account',
    )
    const clients = (await realm.send('/clients?clientId=account', 'GET')) as { id: string }[]
    const account = clients[0]?.id
    const role = await realm.send(`/clients/${account}/roles/delete-account`, 'GET')
    await realm.send(`/users/${id}/role-mappings/clients/${account}`, 'POST', [role])
    const again = await start(browser, 'delete_account')
    // Within the second of the login it is not asked for again.
    const confirm =
      again.id === 'login-login' ? await browser.submit(again, { password: 'pw' }) : again
    expect(confirm.id).toBe('login-delete-account-confirm')
    const done = await browser.submit(confirm, {})
    expect(done.text).toContain('User deleted successfully')
    expect(await realm.send('/users?username=quinn', 'GET')).toEqual([])
    expect(answerOf(await realm.begin(browser, { prompt: 'none' }))).toMatchObject({
      error: 'login_required',
    })
  })

  it.each(['TERMS_AND_CONDITIONS', 'VERIFY_PROFILE', 'update_user_locale', 'idp_link', 'nothing'])(
    'are an error for what only the realm asks for: %s',
    async (action) => {
      const browser = await realm.signIn()
      const told = answerOf(await start(browser, action))
      expect(told).toMatchObject({ kc_action_status: 'error', code: expect.any(String) })
      expect(told).not.toHaveProperty('kc_action')
    },
  )

  it.each(['UPDATE_PROFILE', 'UPDATE_PASSWORD', 'CONFIGURE_TOTP'])(
    'name what was cancelled: %s',
    async (action) => {
      const browser = await realm.signIn()
      const page = await start(browser, action)
      expect(answerOf(await browser.submit(page, {}, { button: 'cancel-aia' }))).toMatchObject({
        kc_action: action,
        kc_action_status: 'cancelled',
      })
    },
  )

  it('want another login when the last one is older than the action allows', async () => {
    const strict = await realms.create('strict')
    const path = '/authentication/required-actions/UPDATE_PASSWORD'
    const action = (await strict.send(path, 'GET')) as object
    await strict.send(path, 'PUT', { ...action, config: { max_auth_age: '0' } })
    const browser = await strict.signIn()
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const asked = await strict.begin(browser, { kc_action: 'UPDATE_PASSWORD' })
    expect(asked.id).toBe('login-login')
    expect((await browser.submit(asked, anna)).id).toBe('login-login-update-password')
  })

  it('keep the language that somebody chose on the page', async () => {
    const speaking = await realms.create('speaking', {
      internationalizationEnabled: true,
      supportedLocales: ['en', 'de'],
    })
    const browser = new Browser()
    const german = await browser.get(
      /value="([^"]*kc_locale=de)"/
        .exec((await speaking.begin(browser)).body)?.[1]
        ?.replaceAll('&amp;', '&')
        .replace(/^/, speaking.url.replace(/\/realms.*/, '')) ?? '',
    )
    expect(german.body).toContain('lang="de"')
    answerOf(await browser.submit(german, anna))
    expect(await speaking.send(`/users/${await speaking.userId()}`, 'GET')).toMatchObject({
      attributes: { locale: ['de'] },
    })
  })
})

function codesOn(page: Page): string[] {
  return [...page.body.matchAll(/<li>([A-Z0-9-]{14})<\/li>/g)].map(([, code]) =>
    (code ?? '').replaceAll('-', ''),
  )
}
