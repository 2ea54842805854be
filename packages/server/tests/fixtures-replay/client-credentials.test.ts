import { createHmac, createPrivateKey, sign } from 'node:crypto'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange, RecordedToken } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { type LiveValues, Replay } from './replay.ts'

/** RFC 7519 §4.1.3 allows several audiences, and the FAPI conformance plan sends them: Keycloak refuses what is right. */
const wrongInKeycloak = 'private_key_jwt two audiences'
const exchanges = fixture<RecordedExchange[]>('oidc/client-credentials').filter(
  ({ note }) => note !== wrongInKeycloak,
)
const secrets = fixture<{
  privateKeyJwtClientKeyPem: { pkjwt: string }
  clientSecrets: { secretjwt: string }
}>('realms/acme.passwords')

/** Second at which the recording was made: recorded times are moved by the same distance to now. */
const recordedAtSeconds = 1_795_250_336

describe('client_credentials grant as Keycloak answers it', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each(exchanges)('$note', async (recorded) => {
    await replay.check(recorded, assertionFor(recorded, replay.origin))
  })
})

/** Signs the recorded assertion anew, with its times moved to now. */
function assertionFor(recorded: RecordedExchange, origin: string): LiveValues {
  const form = recorded.request?.form
  const shortened = typeof form === 'object' ? form['client_assertion'] : undefined
  if (typeof shortened !== 'object' || shortened === null) return {}
  const { header, payload } = (shortened as { '<jwt>': RecordedToken })['<jwt>']
  const here = JSON.parse(
    JSON.stringify(payload).replaceAll('http://127.0.0.1:8080', origin),
  ) as Record<string, unknown>
  const now = Math.floor(Date.now() / 1000)
  for (const claim of ['iat', 'exp', 'nbf']) {
    const time = here[claim]
    if (typeof time === 'number') here[claim] = time - recordedAtSeconds + now
  }
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${part(header)}.${part(here)}`
  const wrongSecret = recorded.note === 'client_secret_jwt wrong secret'
  return {
    form: { client_assertion: `${input}.${signatureOf(input, header['alg'], wrongSecret)}` },
  }
}

function signatureOf(input: string, algorithm: unknown, wrongSecret: boolean): string {
  if (algorithm === 'none') return ''
  if (algorithm === 'HS256') {
    const secret = wrongSecret ? 'another-secret' : secrets.clientSecrets.secretjwt
    return createHmac('sha256', secret).update(input).digest('base64url')
  }
  const key = createPrivateKey(secrets.privateKeyJwtClientKeyPem.pkjwt)
  return sign('sha256', Buffer.from(input), key).toString('base64url')
}
