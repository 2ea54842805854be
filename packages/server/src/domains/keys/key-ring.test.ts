import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Component } from '../realms/realm.ts'
import { withGeneratedKey } from './generated-key.ts'
import { keyProviderType } from './key-component.ts'
import { KeyRing } from './key-ring.ts'
import { KeyStock } from './key-stock.ts'

const fixtures = resolve(import.meta.dirname, '../../../tests/fixtures')
const read = (path: string) => JSON.parse(readFileSync(`${fixtures}/${path}`, 'utf8'))

function acmeComponents(): Component[] {
  const components = read('realms/acme.json').components[keyProviderType] as Component[]
  return components.map((component) => ({
    ...component,
    parentId: 'acme',
    providerType: keyProviderType,
  }))
}

const stock = new KeyStock()

const fail = (_component: Component, error: unknown) => {
  throw error
}

describe('keys of an imported realm', () => {
  const ring = new KeyRing(acmeComponents(), fail)

  it('have the ids and public parts that Keycloak published', () => {
    const published = read('discovery/acme.jwks.json').body.keys as { kid: string }[]
    const own = new Map(ring.publicJwks.map((jwk) => [jwk['kid'], jwk]))
    for (const jwk of published) expect(own.get(jwk.kid)).toEqual(jwk)
    expect(own.size).toBe(published.length)
  })

  it('sign by priority, never with a passive key', () => {
    expect(ring.active('SIG', 'RS256')?.componentId).toBe('8ad18117-512b-46d4-8960-6c581578836a')
    const passive = ring.keys.find(
      (key) => key.componentId === '0af86430-e24d-4180-9697-8a908aa37aad',
    )
    expect(passive?.status).toBe('PASSIVE')
    expect(ring.byKid(passive?.kid ?? '')).toBe(passive)
  })
})

describe('generated keys', () => {
  it.each([
    'rsa-generated',
    'rsa-enc-generated',
    'hmac-generated',
    'aes-generated',
    'ecdsa-generated',
    'ecdh-generated',
    'eddsa-generated',
  ])('of %s can be read back', async (providerId) => {
    const config = await withGeneratedKey(providerId, { priority: ['7'] }, 'acme', stock)
    const component = { id: 'k', parentId: 'r', providerType: keyProviderType, providerId, config }
    const [key] = new KeyRing([component], fail).keys
    expect(key).toMatchObject({ status: 'ACTIVE', providerPriority: 7 })
    expect(await withGeneratedKey(providerId, config, 'acme', stock)).toBe(config)
  })
})

describe('message authentication codes', () => {
  const ring = new KeyRing(acmeComponents(), fail)

  it('count for their purpose and message only, also when they are cut', () => {
    const mac = ring.mac('codes', 'message').subarray(0, 8)
    expect(ring.verifyMac('codes', 'message', mac)).toBe(true)
    expect(ring.verifyMac('other', 'message', mac)).toBe(false)
    expect(ring.verifyMac('codes', 'another', mac)).toBe(false)
    expect(ring.verifyMac('codes', 'message', mac.subarray(0, 4))).toBe(false)
  })
})
