import { createPrivateKey, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import type { RecordedExchange, RecordedToken } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { Replay } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/request-object')
const { privateKeyJwtClientKeyPem } = fixture<{ privateKeyJwtClientKeyPem: { pkjwt: string } }>(
  'realms/acme.passwords',
)
const key = createPrivateKey(privateKeyJwtClientKeyPem.pkjwt)

/** Recordings that are not played as they are, with the reason. */
const leftOut = new Map([
  ['expired', 'Keycloak takes a request object whose time is over (RFC 7519 §4.1.4 forbids it)'],
  ['signed, with SSO', 'played below with a session'],
  [
    'exchange: signature algorithms of the client (ES256 access, PS256 id)',
    'needs an assertion of this run: client-credentials.test.ts plays those of this client',
  ],
])

/** When the recordings were made, in seconds since the epoch: their times are moved by what has passed since. */
const recordedAt = 1_795_250_341

/** Signs what was recorded with the client's key, for this server and this moment. */
function signedAgain(recorded: RecordedToken, origin: string, broken: boolean): string {
  const passed = Math.floor(Date.now() / 1000) - recordedAt
  const payload = Object.entries(recorded.payload).map(([name, value]) => [
    name,
    name === 'exp' || name === 'nbf'
      ? Number(value) + passed - (name === 'nbf' ? 5 : 0)
      : String(value).replaceAll('http://127.0.0.1:8080', origin),
  ])
  const parts = [recorded.header, Object.fromEntries(payload)].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  )
  const text = parts.join('.')
  if (recorded.header['alg'] === 'none') return `${text}.`
  const signature = sign('sha256', Buffer.from(text), key)
  if (broken) signature[0] = (signature[0] ?? 0) ^ 1
  return `${text}.${signature.toString('base64url')}`
}

describe('request objects as Keycloak answers them', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  async function check(recorded: RecordedExchange, browser: Browser): Promise<void> {
    const given = recorded.request?.query?.['request'] as { '<jwt>': RecordedToken }
    const broken = recorded.note === 'bad signature'
    const request = signedAgain(given['<jwt>'], replay.origin, broken)
    await replay.check(recorded, { browser, query: { request } })
  }

  it.each(exchanges.filter(({ note = '' }) => !leftOut.has(note)))('$note', async (recorded) => {
    await check(recorded, new Browser())
  })

  it('signed, with SSO', async () => {
    const browser = new Browser()
    await replay.code({ username: 'alice', browser })
    const recorded = exchanges.find(({ note }) => note === 'signed, with SSO')
    if (recorded !== undefined) await check(recorded, browser)
  })
})
