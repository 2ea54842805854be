import { afterAll, beforeAll, describe, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { authorizationUrl } from '../harness/login.ts'
import { acmeRedirectUri, Replay, recordedAs } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/consent')

describe('consent as Keycloak asks for it', () => {
  let replay: Replay
  const browser = new Browser()
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const toConsent = async (visitor: Browser): Promise<Page> => {
    const first = await visitor.get(
      authorizationUrl({
        realmUrl: replay.server.realmUrl('acme'),
        clientId: 'consent-app',
        redirectUri: acmeRedirectUri,
        parameters: { scope: 'openid orders:read', state: 'st-1' },
      }),
    )
    const second = await visitor.submit(first, { username: 'alice' })
    return visitor.submit(second, { password: acmePassword('alice') })
  }

  it('asks after the login and takes a refusal', async () => {
    const refusing = new Browser()
    const page = await toConsent(refusing)
    replay.compare(recordedAs(exchanges, 'consent page after login'), page.answer)
    const refused = await refusing.submit(page, {}, { button: 'cancel' })
    replay.compare(recordedAs(exchanges, 'refuse'), refused.answer)
  })

  it('remembers what was granted', async () => {
    const accepted = await browser.submit(await toConsent(browser), {}, { button: 'accept' })
    replay.compare(recordedAs(exchanges, 'accept'), accepted.answer)
    await replay.check(recordedAs(exchanges, 'second time no page'), { browser })
  })

  it.each(['prompt=consent', 'prompt=none with new scope'])('%s', async (note) => {
    // No other login is under way in the recording's browser.
    if (note === 'prompt=consent') browser.cookies.delete('KC_RESTART')
    await replay.check(recordedAs(exchanges, note), { browser })
  })
})
