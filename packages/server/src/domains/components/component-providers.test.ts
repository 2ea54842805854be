import { expect, it } from 'vitest'
import { isSecretMember, secretMembers } from '../realms/secret-members.ts'
import { componentProvider, componentProviders } from './component-providers.ts'

it('what a provider calls secret is treated as secret', () => {
  const secret = Object.values(componentProviders)
    .flatMap((ofType) => Object.values(ofType))
    .flatMap(({ properties }) => properties.filter((property) => property.secret))
    .map(({ name }) => name)
  expect(secret.length).toBeGreaterThan(3)
  for (const name of secret) expect(isSecretMember('component', name)).toBe(true)
  expect(secretMembers.component.size).toBeGreaterThanOrEqual(new Set(secret).size)
})

it('names that every object has are no providers', () => {
  for (const name of ['constructor', 'toString', '__proto__']) {
    expect(componentProvider(name, name)).toBeUndefined()
    expect(componentProvider('org.keycloak.keys.KeyProvider', name)).toBeUndefined()
  }
})
