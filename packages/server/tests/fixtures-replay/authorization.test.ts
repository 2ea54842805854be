import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { pkcePair } from '../harness/login.ts'
import { acmeRedirectUri, Replay, recordedAs, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/authorization-code')

/** Recorded requests whose answer needs a feature beyond this suite (registration, brokering, JARM, organizations). */
const beyond = [
  'kc_idp_hint',
  'prompt create',
  'plain, after prompt create',
  'response_mode jwt',
  '.jwt',
  'organization',
  'saml client',
  'every mapper type + offline_access',
]

describe('authorization endpoint as Keycloak answers it', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it('signs in over two pages and redeems the code once', async () => {
    const browser = new Browser()
    const first = exchanges[0]!
    const page = await replay.check(first, { browser })
    const username = await browser.submit(replay.page(first, page), { username: 'alice' })
    replay.compare(recordedAs(exchanges, 'POST username'), username.answer)
    const password = await browser.submit(username, { password: 'alice-Passw0rd' })
    replay.compare(
      recordedAs(exchanges, 'POST password: redirect with code, session cookies'),
      password.answer,
    )
    const code = password.location!.searchParams.get('code')!
    const tokens = await replay.check(recordedAs(exchanges, 'code exchange'), { form: { code } })
    const authorization = `Bearer ${tokensOf(tokens.body).access}`
    await replay.check(
      recordedAs(exchanges, 'second authorization request, same browser: SSO, no page'),
      { browser },
    )
    await replay.check(recordedAs(exchanges, 'code used twice'), { form: { code } })
    await replay.check(
      recordedAs(
        exchanges,
        'userinfo with the token of a code that was replayed (session is removed)',
      ),
      { headers: { authorization } },
    )
  })

  describe('with an SSO session', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = new Browser()
      await replay.code({ username: 'alice', browser })
    })
    it('SSO request, prompt=none', async () => {
      await replay.check(recordedAs(exchanges, 'SSO request, prompt=none'), { browser })
    })
    it.each(withoutFeaturesBeyond('with SSO session: '))('$note', async (recorded) => {
      const visitor = recorded.note?.endsWith('prompt=login while logged in')
        ? browser
        : new Browser({ cookies: browser.cookies.copy() })
      // A session is younger than max_age=0 only within the second of its login.
      if (recorded.note?.endsWith('max_age=0')) {
        visitor.cookies.clear()
        await untilSecondBegins()
        await replay.code({ username: 'alice', browser: visitor })
        await replay.send(recordedAs(exchanges, 'with SSO session: prompt=login while logged in'), {
          browser: visitor,
        })
      }
      await replay.check(recorded, { browser: visitor })
    })
  })

  describe('without a session', () => {
    it.each(withoutFeaturesBeyond('without session: '))('$note', async (recorded) => {
      const query = recorded.note?.endsWith('duplicate param') ? null : {}
      if (query !== null) return void (await replay.check(recorded, { browser: new Browser() }))
      const doubled = {
        ...recorded,
        request: { ...recorded.request!, path: `${recorded.request!.path}?scope=openid` },
      }
      await replay.check(doubled, { browser: new Browser() })
    })
    it('authorization request by POST', async () => {
      await replay.check(recordedAs(exchanges, 'authorization request by POST'), {
        browser: new Browser(),
      })
    })
  })

  describe('token endpoint', () => {
    let browser: Browser
    beforeAll(async () => {
      browser = new Browser()
      await replay.code({ username: 'alice', browser })
    })
    const redeem = async (
      note: string,
      request: { clientId?: string; parameters?: Record<string, string>; browser?: Browser } = {},
      form: Record<string, string> = {},
    ): Promise<void> => {
      const code = await replay.code({ username: 'alice', browser, ...request })
      await replay.check(recordedAs(exchanges, note), { form: { code, ...form } })
    }

    it.each(['no code', 'garbage code', 'well formed unknown code'])('%s', async (note) => {
      await replay.check(recordedAs(exchanges, note))
    })
    it.each([
      'wrong redirect_uri at token endpoint',
      'no redirect_uri at token endpoint',
      'code of another client',
    ])('%s', (note) => redeem(note))
    it('verifier sent although no challenge was', () =>
      redeem('verifier sent although no challenge was'))

    const { verifier, challenge } = pkcePair()
    const spa = {
      clientId: 'spa',
      redirectUri: acmeRedirectUri,
      parameters: { code_challenge: challenge, code_challenge_method: 'S256' },
    }
    it('public client with PKCE: exchange', () =>
      redeem(
        'public client with PKCE: exchange',
        { ...spa, browser: new Browser() },
        { code_verifier: verifier },
      ))
    it.each(['PKCE verifier wrong', 'PKCE verifier missing', 'PKCE verifier malformed'])(
      '%s',
      (note) => redeem(note, spa),
    )
  })

  it('remember me and offline access', async () => {
    const browser = new Browser()
    const first = await browser.get(
      `${replay.server.realmUrl('acme')}/protocol/openid-connect/auth?client_id=web&response_type=code` +
        `&redirect_uri=${encodeURIComponent(acmeRedirectUri)}&scope=openid+offline_access+calendar+orders:read`,
    )
    const second = await browser.submit(first, { username: 'alice', rememberMe: 'on' })
    const last = await browser.submit(second, { password: 'alice-Passw0rd', rememberMe: 'on' })
    const code = last.location!.searchParams.get('code')!
    await replay.check(recordedAs(exchanges, 'remember me + offline_access + optional scopes'), {
      form: { code },
    })
    const names = exchanges.at(-1) as unknown as { cookies: string[] }
    expect(new Set(browser.cookies.names())).toEqual(new Set(names.cookies))
  })
})

function withoutFeaturesBeyond(prefix: string): RecordedExchange[] {
  return exchanges.filter(
    ({ note }) => note?.startsWith(prefix) && !beyond.some((part) => note.includes(part)),
  )
}

async function untilSecondBegins(): Promise<void> {
  await new Promise((resume) => setTimeout(resume, 1_000 - (Date.now() % 1_000)))
}
