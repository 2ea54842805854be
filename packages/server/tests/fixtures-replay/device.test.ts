import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { acmePassword, fixture } from '../harness/fixtures.ts'
import { signIn } from '../harness/login.ts'
import { Replay, recordedAs } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/device')

interface Started {
  readonly device_code: string
  readonly verification_uri_complete: string
}

/** These pages are not kept by browsers and change nothing; Keycloak's bring the cookie of a form that is not there. */
const pageOnly = ['cookies', 'set-cookie', 'cache-control']

/** Skipped are the redirects `verification_uri_complete` and `accept`: the browser follows them to the pages compared. */
describe('the device grant as Keycloak answers it', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  const check = (note: string, form?: Record<string, string>) =>
    replay.check(recordedAs(exchanges, note), form === undefined ? {} : { form })
  const start = async (note: string) => JSON.parse((await check(note)).body) as Started

  /** @returns the page that asks for consent */
  async function opened(browser: Browser, started: Started): Promise<Page> {
    const login = await browser.get(started.verification_uri_complete)
    return await signIn(browser, login, { username: 'alice', password: acmePassword('alice') })
  }

  it('a device whose user agrees', async () => {
    const browser = new Browser()
    const started = await start('device authorization, public client')
    const { device_code } = started
    await check('poll pending', { device_code })
    await check('poll too fast', { device_code })
    const page = await opened(browser, started)
    replay.compare(recordedAs(exchanges, 'device grant page'), page.answer, ['set-cookie'])
    const end = await browser.submit(page, {}, { button: 'accept' })
    replay.compare(recordedAs(exchanges, 'end page'), end.answer, pageOnly)
    await setTimeout(4_000)
    // The user of the recording had signed in before.
    const ignore = ['access_token.payload.acr', 'id_token.payload.acr']
    const granted = recordedAs(exchanges, 'poll after grant')
    await replay.check(granted, { form: { device_code }, ignore })
    await check('poll after use', { device_code })
  })

  it('a device whose user refuses', async () => {
    const browser = new Browser()
    const started = await start('device authorization, confidential client')
    const refused = await browser.submit(await opened(browser, started), {}, { button: 'cancel' })
    replay.compare(recordedAs(exchanges, 'user refuses'), refused.answer, pageOnly)
    await check('poll after refusal', { device_code: started.device_code })
  })

  it.each([
    'verification_uri',
    'poll unknown code',
    'poll without code',
    'client without device flow',
    'no client',
    'unknown client',
    'unknown scope',
    'wrong secret',
    'GET on device endpoint',
    'wrong user code',
  ])('%s', async (note) => {
    await check(note)
  })

  it('poll by other client', async () => {
    const { device_code } = await start('device authorization, public client')
    await check('poll by other client', { device_code })
  })
})
