import { expect, it } from 'vitest'
import { replacePlaceholders } from './placeholders.ts'

const values = (name: string) => (name === 'HOST' ? 'mail "internal"' : undefined)

it('fills in values as JSON text', () => {
  expect(replacePlaceholders('{"host":"${HOST}"}', values)).toBe('{"host":"mail \\"internal\\""}')
})

it('takes the default where there is no value', () => {
  expect(replacePlaceholders('"${PORT:25}"', values)).toBe('"25"')
})

it('leaves message keys of Keycloak alone', () => {
  expect(replacePlaceholders('"${role_view-users}"', values)).toBe('"${role_view-users}"')
})
