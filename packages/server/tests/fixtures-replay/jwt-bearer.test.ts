import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { Replay, recordedAs } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/jwt-bearer')
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const unknownIssuer = [
  part({ alg: 'RS256', typ: 'JWT' }),
  part({ iss: 'https://x.test', sub: 'a' }),
  'c2ln',
].join('.')

describe('the JWT bearer grant as Keycloak answers it', () => {
  let replay: Replay
  beforeAll(async () => {
    replay = await Replay.start()
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  it.each(['no assertion', 'garbage assertion'])('%s', async (note) => {
    await replay.check(recordedAs(exchanges, note))
  })
  it('unknown issuer', async () => {
    const live = { form: { assertion: unknownIssuer } }
    await replay.check(recordedAs(exchanges, 'unknown issuer'), live)
  })
})
