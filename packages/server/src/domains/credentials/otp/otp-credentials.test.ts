import { expect, it } from 'vitest'
import type { Realm } from '../../realms/realm.ts'
import type { User } from '../../users/user.ts'
import { OtpCredentials, type OtpCredentialsDeps } from './otp-credentials.ts'

const settings = {
  displayName: 'Acme & Co',
  otpPolicyType: 'totp',
  otpPolicyAlgorithm: 'HmacSHA256',
  otpPolicyDigits: 8,
  otpPolicyPeriod: 60,
  otpPolicyInitialCounter: 7,
}

function uriOf(change: object): URL {
  const realm = { name: 'acme', settings: { ...settings, ...change } } as unknown as Realm
  const otp = new OtpCredentials({} as OtpCredentialsDeps)
  return new URL(otp.keyUri(realm, { username: 'anna@example.org' } as User, 'secret'))
}

it('tells apps the whole policy in the QR code', () => {
  const timed = uriOf({})
  expect(timed.href).toContain('otpauth://totp/Acme%20%26%20Co:anna%40example.org?')
  expect(Object.fromEntries(timed.searchParams)).toMatchObject({
    issuer: 'Acme & Co',
    algorithm: 'SHA256',
    digits: '8',
    period: '60',
  })
  const counted = uriOf({ otpPolicyType: 'hotp', otpPolicyAlgorithm: 'HmacSHA512' })
  expect(counted.href).toContain('otpauth://hotp/')
  expect(Object.fromEntries(counted.searchParams)).toMatchObject({
    algorithm: 'SHA512',
    digits: '8',
    counter: '7',
  })
})
