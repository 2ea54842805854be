import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { type DeriveKey, HashingThread } from './hashing-thread.ts'
import { importedHashes } from './imported-hash.ts'
import type { HashedPassword } from './password-hash.ts'

const thread = new HashingThread('hashing-test', 0)
const deriveKey: DeriveKey = (derivation) => thread.derive(derivation)
afterAll(() => thread.stop())

function stored(
  value: string,
  salt = '',
  parameters: Record<string, string[]> = {},
  secret: Record<string, string[]> = {},
): HashedPassword {
  return {
    secretData: { value, salt, additionalParameters: secret },
    credentialData: { hashIterations: 0, additionalParameters: parameters },
  }
}

const hex = (text: string) => Buffer.from(text, 'hex').toString('base64')
const base64 = (text: string) => Buffer.from(text).toString('base64')
const salted = (digest: string, password: string, salt: string) =>
  Buffer.concat([
    createHash(digest).update(password).update(salt).digest(),
    Buffer.from(salt),
  ]).toString('base64')
const signerKey =
  'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=='
const firebase = (memCost: string) =>
  stored(
    'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
    '42xEC+ixf3L2lw==',
    { rounds: ['8'], memCost: [memCost], saltSeparator: ['Bw=='] },
    { signerKey: [signerKey] },
  )
const rfc7914 = (N: string) =>
  stored(
    hex(
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887',
    ),
    base64('SodiumChloride'),
    { N: [N], r: ['8'], p: ['1'] },
  )

/** Published examples of the algorithms. */
const samples: [string, string, HashedPassword][] = [
  ['bcrypt', 'U*U', stored('$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')],
  ['scrypt', 'pleaseletmein', rfc7914('16384')],
  ['firebase-scrypt', 'user1password', firebase('14')],
  ['ssha', 'secret', stored(`{SSHA}${salted('sha1', 'secret', 'saltsalt')}`)],
  ['ssha', 'secret', stored(`{SSHA512}${salted('sha512', 'secret', 'saltsalt')}`)],
  ['phpass', 'test12345', stored('$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0')],
]
const named = (algorithm: string) => {
  const found = importedHashes.find((hash) => hash.algorithm === algorithm)
  if (found === undefined) throw new Error(`no ${algorithm}`)
  return found
}

describe('hashes of other programs', { timeout: 60_000 }, () => {
  it.each(samples)('%s verifies the right password alone', async (algorithm, password, hashed) => {
    const hash = named(algorithm)
    expect(hash.isComputable(hashed)).toBe(true)
    expect(await hash.verify(deriveKey, password, hashed)).toBe(true)
    expect(await hash.verify(deriveKey, `${password}x`, hashed)).toBe(false)
  })

  it.each<[string, HashedPassword]>([
    ['bcrypt', stored('$2a$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')],
    ['bcrypt', stored('$2a$05$short')],
    ['scrypt', rfc7914('1073741824')],
    ['scrypt', rfc7914('16383')],
    ['scrypt', rfc7914('')],
    ['firebase-scrypt', firebase('25')],
    ['ssha', stored('{SSHA}AAAA')],
    ['ssha', stored('{MD5}AAAA')],
    ['phpass', stored('$P$zIQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0')],
    ['phpass', stored('')],
  ])('%s beyond its bounds is not computed', (algorithm, hashed) => {
    expect(named(algorithm).isComputable(hashed)).toBe(false)
  })
})
