import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import type { RealmKey } from '../keys/realm-key.ts'
import { parseToken, signToken, type UnverifiedToken } from './json-web-token.ts'
import { ProvedSignatures } from './proved-signatures.ts'

function newKey(): RealmKey {
  return {
    ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    kid: 'one',
    componentId: 'c',
    providerPriority: 0,
    status: 'ACTIVE',
    use: 'SIG',
    algorithm: 'ES256',
    type: 'EC',
    certificate: null,
  }
}

test('a token that was proved stays proved for its key, and proves nothing for another key or text', async () => {
  const key = newKey()
  const proved = new ProvedSignatures()
  const holds = (by: RealmKey, text: string) =>
    proved.isSignedBy(by, text, parseToken(text) as UnverifiedToken)
  const text = await signToken(key, { sub: 'anna' })
  const [header = '', , signature = ''] = text.split('.')
  const claims = Buffer.from(JSON.stringify({ sub: 'bert' })).toString('base64url')
  const forged = [header, claims, signature].join('.')
  for (let round = 0; round < 3; round += 1) {
    expect(holds(key, text)).toBe(true)
    expect(holds(key, forged)).toBe(false)
    expect(holds(newKey(), text)).toBe(false)
  }
})

test('more tokens than are remembered are verified as before', async () => {
  const key = newKey()
  const proved = new ProvedSignatures(10)
  const texts = await Promise.all(
    Array.from({ length: 25 }, (_, index) => signToken(key, { jti: index })),
  )
  for (const text of [...texts, ...texts]) {
    expect(proved.isSignedBy(key, text, parseToken(text) as UnverifiedToken)).toBe(true)
  }
})
