import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { features } from '../domains/providers/catalogue/features.ts'
import { configurationOnlyReference } from '../domains/providers/configuration-only-reference.ts'
import { composeProviders } from './compose-providers.ts'

/** As without any option. */
const on = features.filter(({ type }) => type === 'DEFAULT').map(({ name }) => name)
const providers = composeProviders(new Set(on))

test('what acts is in the catalogue, and what does not is configuration only', () => {
  expect(providers.acts('authenticator', 'auth-cookie')).toBe(true)
  expect(providers.acts('authenticator', 'conditional-user-role')).toBe(true)
  expect(providers.acts('authenticator', 'auth-spnego')).toBe(false)
  expect(providers.acts('protocol-mapper', 'oidc-sub-mapper')).toBe(true)
  expect(providers.acts('protocol-mapper', 'saml-role-list-mapper')).toBe(false)
  expect(providers.acts('required-action', 'UPDATE_PASSWORD')).toBe(true)
  expect(providers.acts('client-authenticator', 'client-jwt')).toBe(true)
  expect(providers.acts('keys', 'rsa-generated')).toBe(true)
  expect(providers.acts('keys', 'java-keystore')).toBe(true)
  expect(providers.acts('storage', 'ldap')).toBe(false)
  const idle = new Set(providers.configurationOnly().map(({ provider }) => provider.id))
  expect(idle.has('auth-spnego')).toBe(true)
  expect(idle.has('auth-cookie')).toBe(false)
})

test('workloads of SPIFFE are trusted where the feature is on', () => {
  expect(providers.find('identity_provider', 'spiffe')).toBeUndefined()
  const more = composeProviders(new Set(['SPIFFE']))
  expect(more.of('identity_provider').map(({ id }) => id)).toContain('spiffe')
  expect(more.acts('identity_provider', 'spiffe')).toBe(true)
})

test('docs/reference/configuration-only.md says what is (npm run docs writes it)', () => {
  const file = join(import.meta.dirname, '../../../../docs/reference/configuration-only.md')
  expect(readFileSync(file, 'utf8')).toBe(configurationOnlyReference(providers))
})
