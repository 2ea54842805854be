import { HOTP, Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { type LiveValues, Replay } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/password').filter(
  ({ request }) => request?.method !== undefined,
)

const totp = new TOTP({ secret: Secret.fromUTF8('acme-totp-secret-1234') })
const hotp = new HOTP({
  secret: Secret.fromUTF8('frank-hotp-secret-123'),
  digits: 8,
  algorithm: 'SHA256',
})

const live: Readonly<Record<string, () => LiveValues>> = {
  'otp user right otp': () => ({ form: { totp: totp.generate() } }),
  'otp user right otp but locked for 60 s by two quick failures': () => ({
    form: { totp: totp.generate() },
  }),
  'hotp user': () => ({ form: { totp: hotp.generate({ counter: 0 }) } }),
}

describe('password grant as Keycloak answers it', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each(exchanges)('$note', async (recorded) => {
    await replay.check(recorded, live[recorded.note ?? '']?.())
  })
})
