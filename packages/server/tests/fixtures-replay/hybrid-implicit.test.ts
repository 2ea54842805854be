import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import type { RecordedExchange, RecordedToken } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import type { HttpAnswer } from '../harness/http-exchange.ts'
import { Replay, recordedAs } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/hybrid-implicit')
const beginning = 'SSO response_type='
const answered = exchanges.filter(({ note = '' }) => note.startsWith(beginning))

/** Parameters of the fragment of a redirect. */
function fragmentOf({ headers }: HttpAnswer): URLSearchParams {
  return new URLSearchParams(new URL(headers.location ?? '').hash.slice(1))
}

function claimsOf(token: string): object {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as object
}

/** Tokens that the recording decoded beside its redirect. */
function recordedTokens({ headers }: RecordedExchange): Readonly<Record<string, RecordedToken>> {
  const location = headers?.['location'] as { decodedTokens?: Record<string, RecordedToken> }
  return location.decodedTokens ?? {}
}

describe('hybrid and implicit flow as Keycloak answers them', () => {
  let replay: Replay
  let browser: Browser
  beforeAll(async () => {
    replay = await Replay.start()
    browser = new Browser()
    await replay.code({ username: 'alice', browser })
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each(answered)('$note', async (recorded) => {
    const visitor = new Browser({ cookies: browser.cookies.copy() })
    // Which cookies are deleted depends on what the browser asked before, and the recorded one had asked other things.
    const answer = await replay.check(recorded, { browser: visitor, ignore: ['cookies'] })
    const fragment = fragmentOf(answer)
    for (const [member, token] of Object.entries(recordedTokens(recorded))) {
      const claims = Object.keys(claimsOf(fragment.get(member) ?? ''))
      expect(claims.toSorted(), member).toEqual(Object.keys(token.payload).toSorted())
    }
    const code = fragment.get('code')
    if (code === null) return
    const type = recorded.note?.slice(beginning.length)
    const exchange = recordedAs(exchanges, `exchange of the code of ${type}`)
    await replay.check(exchange, { form: { code } })
  })

  it('SSO form_post with hybrid', async () => {
    const visitor = new Browser({ cookies: browser.cookies.copy() })
    await replay.check(recordedAs(exchanges, 'SSO form_post with hybrid'), { browser: visitor })
  })

  it('prompt=none without session, implicit: error in fragment', async () => {
    const note = 'prompt=none without session, implicit: error in fragment'
    await replay.check(recordedAs(exchanges, note), { browser: new Browser() })
  })
})
