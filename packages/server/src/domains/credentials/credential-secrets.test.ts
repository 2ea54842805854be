import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AesSecretBox } from '../../database/aes-secret-box.ts'
import { plainSecretBox } from '../../database/plain-secret-box.ts'
import { CredentialSecrets } from './credential-secrets.ts'

const [first, second] = [randomBytes(32), randomBytes(32)]
const under = (...keys: Buffer[]) => new CredentialSecrets(new AesSecretBox(keys))
const plain = new CredentialSecrets(plainSecretBox)

it.each(['otp', 'recovery-authn-codes'])('secrets of %s are sealed, and sealed again', (type) => {
  const row = under(first).seal(type, '{"value":"seed"}')
  expect(row.secretData).toBe('')
  expect(row.secretSealed).toMatch(/^hf1:/)
  expect(under(first).open(type, row)).toBe('{"value":"seed"}')
  const rotated = under(second, first).reseal(type, row)
  expect(rotated && under(second).open(type, rotated)).toBe('{"value":"seed"}')
  expect(rotated && under(second).reseal(type, rotated)).toBeNull()
})

it('passwords and public keys stay as they are', () => {
  for (const type of ['password', 'webauthn']) {
    expect(under(first).seal(type, 'text')).toEqual({ secretData: 'text', secretSealed: null })
  }
})

it('one that no key opens never verifies, is told of, and stays', () => {
  const told: string[] = []
  const row = under(first).seal('otp', '{"value":"seed"}')
  const other = new CredentialSecrets(new AesSecretBox([second]), (type) => told.push(type))
  expect(other.open('otp', row)).toBe('{}')
  expect(told).toEqual(['otp'])
  expect(other.reseal('otp', row)).toBeNull()
})

it('whatever somebody writes comes back as they wrote it, with a key and before there is one', () => {
  const [sealer, later] = [under(first), under(second)]
  const typed = fc.oneof(
    fc.string(),
    fc.string().map((text) => `hf1:${text}`),
    fc.string().map((text) => `hf1:aaaaaaaa:${text}`),
    fc
      .string()
      .map((sealed) => JSON.stringify({ sealed: sealer.seal('otp', sealed).secretSealed })),
    fc.string().map((text) => sealer.seal('otp', text).secretSealed ?? ''),
  )
  fc.assert(
    fc.property(typed, fc.constantFrom('otp', 'recovery-authn-codes', 'password'), (text, type) => {
      for (const secrets of [plain, sealer, later]) {
        expect(secrets.open(type, secrets.seal(type, text))).toBe(text)
      }
      const resealed = later.reseal(type, plain.seal(type, text))
      expect(later.open(type, resealed ?? plain.seal(type, text))).toBe(text)
    }),
    { numRuns: 1000 },
  )
})
