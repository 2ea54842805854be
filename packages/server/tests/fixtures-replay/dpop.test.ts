import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { exportJWK, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { RecordedExchange } from '../harness/fixture-comparison.ts'
import { fixture } from '../harness/fixtures.ts'
import { type LiveValues, Replay, recordedAs, tokensOf } from './replay.ts'

const exchanges = fixture<RecordedExchange[]>('oidc/dpop')
const recordedOrigin = 'http://127.0.0.1:8080'

interface RecordedProof {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

/** The proofs are signed anew, with the recorded ages, addresses and ids. */
describe('DPoP as Keycloak answers it', () => {
  let replay: Replay
  let key: KeyObject
  let jwk: JWK
  let token: string
  const recordedAt = Number(proofOf(recordedAs(exchanges, 'ok'))?.payload['iat'])
  beforeAll(async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    key = pair.privateKey
    jwk = await exportJWK(pair.publicKey)
    replay = await Replay.start()
    const recorded = recordedAs(exchanges, 'password grant')
    const { body } = await replay.send(recorded, await live(recorded, 'first'))
    token = tokensOf(body).access
  })
  afterAll(() => replay?.[Symbol.asyncDispose]())

  async function live(recorded: RecordedExchange, jti?: string): Promise<LiveValues> {
    const proof = proofOf(recorded)
    const headers: Record<string, string> = {}
    const { Authorization } = recorded.request?.headers ?? {}
    if (typeof Authorization === 'string') {
      headers['authorization'] = Authorization.replace('<token>', token)
    }
    if (proof) headers['dpop'] = await signed(proof, jti)
    return { headers }
  }

  async function signed({ header, payload }: RecordedProof, jti?: string): Promise<string> {
    const own = 'jwk' in header ? { ...header, jwk } : header
    const right = recorded(payload['ath'], 'userinfo with DPoP')
    const claims = {
      ...payload,
      htu: String(payload['htu']).replace(recordedOrigin, replay.origin),
      iat: Number(payload['iat']) - recordedAt + Math.floor(Date.now() / 1_000),
      ...(jti === undefined ? {} : { jti }),
      ...(right ? { ath: createHash('sha256').update(token).digest('base64url') } : {}),
    }
    return await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', ...own }).sign(key)
  }

  it.each(exchanges)('$note', async (recorded) => {
    // Algorithms have no order, and Keycloak's changes from run to run.
    const unordered = recorded.status === 401 ? ['www-authenticate'] : []
    // FAPI asks for this one, which Keycloak does not send.
    const ignore = [...unordered, 'x-fapi-interaction-id']
    await replay.check(recorded, { ...(await live(recorded)), ignore })
  })
})

function recorded(ath: unknown, note: string): boolean {
  return ath !== undefined && ath === proofOf(recordedAs(exchanges, note))?.payload['ath']
}

function proofOf({ request }: RecordedExchange): RecordedProof | undefined {
  const proof = request?.headers?.['DPoP'] as { '<jwt>'?: RecordedProof } | undefined
  return proof?.['<jwt>']
}
