import { afterAll, describe, expect, it } from 'vitest'
import { argon2Hash } from './argon2-hash.ts'
import { type DeriveKey, HashingThread } from './hashing-thread.ts'
import { pbkdf2Hashes } from './pbkdf2-hash.ts'

/** Hashes as a Keycloak export holds them, each with the password that it was made from. */
const imported = [
  {
    password: 'alice-Passw0rd',
    algorithm: 'argon2',
    secretData: {
      value: '2dLrQZo7ojTNeEtmCBHw9zpiSFUPgHqn6HpkeEIxy5o=',
      salt: 'zHzsGPnKyfPmzXXQv9nxZg==',
    },
    credentialData: {
      hashIterations: 5,
      algorithm: 'argon2',
      additionalParameters: {
        hashLength: ['32'],
        memory: ['7168'],
        type: ['id'],
        version: ['1.3'],
        parallelism: ['1'],
      },
    },
  },
  {
    password: 'carol-Passw0rd',
    algorithm: 'pbkdf2-sha256',
    secretData: {
      value: 'm04QZ0BEbHidHSruKAXnqlwTZVEOsB0OkJhW9y/MOdg=',
      salt: 'I7HQhzct3orB2W9J4/EHfQ==',
    },
    credentialData: { hashIterations: 27500, algorithm: 'pbkdf2-sha256', additionalParameters: {} },
  },
  {
    password: 'dave-Passw0rd',
    algorithm: 'pbkdf2-sha512',
    secretData: {
      value:
        'hughPFGXFXLdESEfwfwSo13z71A7j/4ENUNgl7Bc1KEyMC5Y2/0UyPRXYhW2aD+MTLB2F9cDWeJIJrVuMhCjug==',
      salt: 'QaXzgoFgdLKDDr3hy+7JYg==',
    },
    credentialData: {
      hashIterations: 210000,
      algorithm: 'pbkdf2-sha512',
      additionalParameters: {},
    },
  },
  {
    password: 'sha1-Passw0rd',
    algorithm: 'pbkdf2',
    secretData: {
      value:
        'SjVig/f0dVzbgvxT0A2i3Gv0uGCeClzPBrd9/yjWjNCx+AL07RYtrJyTJ+r2EPuRAibe+pR/4gmAkBfsv35xhA==',
      salt: 'KZeq9n4t+ZBGhD+VWrUMKg==',
    },
    credentialData: { hashIterations: 20000, algorithm: 'pbkdf2', additionalParameters: {} },
  },
]
const thread = new HashingThread('hashing-test', 0)
const deriveKey: DeriveKey = (derivation) => thread.derive(derivation)
afterAll(() => thread.stop())
const hashes = new Map([argon2Hash, ...pbkdf2Hashes].map((hash) => [hash.algorithm, hash]))

describe('imported password hashes', { timeout: 60_000 }, () => {
  it.each(imported)('verifies $algorithm', async ({ algorithm, password, ...stored }) => {
    const hash = hashes.get(algorithm)
    expect(await hash?.verify(deriveKey, password, stored)).toBe(true)
    expect(await hash?.verify(deriveKey, `${password}x`, stored)).toBe(false)
  })

  it('tells hashes of other parameters apart from current ones', () => {
    const [argon2, sha256] = imported
    if (!argon2 || !sha256) throw new Error('no samples')
    expect(argon2Hash.isCurrent(argon2, undefined)).toBe(true)
    expect(argon2Hash.isCurrent(argon2, 7)).toBe(false)
    expect(hashes.get('pbkdf2-sha256')?.isCurrent(sha256, undefined)).toBe(false)
    expect(hashes.get('pbkdf2-sha256')?.isCurrent(sha256, 27500)).toBe(true)
  })
})

describe('new password hashes', { timeout: 60_000 }, () => {
  it('verifies what argon2 made, with the iterations asked for', async () => {
    const stored = await argon2Hash.hash(deriveKey, 'secret', 2)
    expect(stored.credentialData['hashIterations']).toBe(2)
    expect(await argon2Hash.verify(deriveKey, 'secret', stored)).toBe(true)
    expect(await argon2Hash.verify(deriveKey, 'Secret', stored)).toBe(false)
  })

  it.each([
    ['memory', { memory: ['999999999'] }],
    ['memory times passes', { memory: ['262144'], iterations: 100 }],
    ['no number', { memory: ['much'] }],
    ['parallelism', { parallelism: ['1000'] }],
    ['passes', { iterations: 27500 }],
    ["a length that is not the hash's", { hashLength: ['64'] }],
    ['an unknown type', { type: ['x'] }],
    ['an unknown version', { version: ['9'] }],
  ])('of argon2 beyond the bounds are not computed: %s', async (_, changed) => {
    const stored = await argon2Hash.hash(deriveKey, 'secret', 1)
    expect(argon2Hash.isComputable(stored)).toBe(true)
    const { iterations = 1, ...additional } = changed as { iterations?: number }
    const { additionalParameters } = stored.credentialData
    const credentialData = {
      ...stored.credentialData,
      hashIterations: iterations,
      additionalParameters: { ...(additionalParameters as object), ...additional },
    }
    expect(argon2Hash.isComputable({ ...stored, credentialData })).toBe(false)
  })

  it.each([0, 1.5, 10_000_001, Number.NaN])(
    'of pbkdf2 with %d rounds are not computed',
    (rounds) => {
      const sample = imported.find(({ algorithm }) => algorithm === 'pbkdf2')
      const hash = hashes.get('pbkdf2')
      if (sample === undefined || hash === undefined) throw new Error('no sample')
      expect(hash.isComputable(sample)).toBe(true)
      const credentialData = { ...sample.credentialData, hashIterations: rounds }
      expect(hash.isComputable({ ...sample, credentialData })).toBe(Number.isNaN(rounds))
    },
  )

  it('are costly where they take much longer than usual', () => {
    expect(argon2Hash.isCostlyPolicy(undefined)).toBe(false)
    expect(argon2Hash.isCostlyPolicy(100)).toBe(true)
    expect(hashes.get('pbkdf2')?.isCostlyPolicy(undefined)).toBe(true)
    expect(hashes.get('pbkdf2-sha512')?.isCostlyPolicy(27_500)).toBe(false)
  })
})
