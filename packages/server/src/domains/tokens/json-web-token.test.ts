import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { keyProviderType } from '../keys/key-component.ts'
import { KeyRing } from '../keys/key-ring.ts'
import type { RealmKey } from '../keys/realm-key.ts'
import type { Component } from '../realms/realm.ts'
import { isSignedBy, parseToken, signToken } from './json-web-token.ts'

const fixtures = resolve(import.meta.dirname, '../../../tests/fixtures')
const read = (path: string) => JSON.parse(readFileSync(`${fixtures}/${path}`, 'utf8'))

const components = read('realms/acme.json').components[keyProviderType] as Component[]
const ring = new KeyRing(
  components.map((component) => ({ ...component, providerType: keyProviderType })),
  (_component, error) => {
    throw error
  },
)

function isGenuine(text: string): boolean {
  const token = parseToken(text)
  const key = token && ring.byKid(token.header.kid ?? '')
  return Boolean(token && key && isSignedBy(key, token))
}

describe('tokens of an imported realm', () => {
  it('that Keycloak issued still verify', () => {
    const groups = Object.values(read('oidc/raw-tokens.json').tokens) as Record<string, unknown>[]
    const texts = groups
      .flatMap((group) => Object.values(group))
      .filter((text) => typeof text === 'string' && text.split('.').length === 3) as string[]
    expect(texts.length).toBeGreaterThan(5)
    for (const text of texts) expect(isGenuine(text), text.slice(0, 60)).toBe(true)
  })
})

describe('signatures', () => {
  const signing = ring.keys.filter((key) => key.use === 'SIG')

  it.each(signing.map((key) => [key.algorithm, key] as const))(
    'of %s are verified, and broken ones are not',
    async (_algorithm, key) => {
      const text = await signToken(key, { sub: 'alice' })
      expect(isGenuine(text)).toBe(true)
      const [head, , signature] = text.split('.')
      const body = Buffer.from('{"sub":"admin"}').toString('base64url')
      expect(isGenuine(`${head}.${body}.${signature}`)).toBe(false)
      expect(isGenuine(`${text.slice(0, text.lastIndexOf('.'))}.`)).toBe(false)
    },
  )

  it('are judged by the algorithm of the key, not of the header', async () => {
    const rsa = ring.active('SIG', 'RS256') as RealmKey
    const pem = rsa.publicKey?.export({ format: 'pem', type: 'spki' }) as string
    const { createSecretKey } = await import('node:crypto')
    const forged: RealmKey = {
      ...rsa,
      algorithm: 'HS256',
      type: 'OCT',
      privateKey: createSecretKey(Buffer.from(pem)),
    }
    expect(isGenuine(await signToken(forged, { sub: 'admin' }))).toBe(false)
    const none = `${Buffer.from(`{"alg":"none","kid":"${rsa.kid}"}`).toString('base64url')}.e30.`
    expect(isGenuine(none)).toBe(false)
  })

  it.each(['', 'a.b', 'a.b.c.d', '....', 'e30.e30.', 'bnVsbA.bnVsbA.x'])(
    '%j is no token',
    (text) => {
      expect(isGenuine(text)).toBe(false)
    },
  )
})
