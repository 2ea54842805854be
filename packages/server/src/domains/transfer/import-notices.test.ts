import { expect, test } from 'vitest'
import { KeyStoreProblem } from '../../key-stores/realm-key-stores.ts'
import type { CompleteRealm } from './complete-representation.ts'
import { importNotices } from './import-notices.ts'

const matching = (alias: string, expected: string) => ({
  id: alias,
  alias,
  config: { regex: 'true', attribute_expected_value: expected },
})

function noticesOf(members: Readonly<Record<string, unknown>>): string[] {
  return importNotices(
    { realm: 'old', componentList: [], ...members } as unknown as CompleteRealm,
    {
      key: () => {
        throw new KeyStoreProblem('it is not there')
      },
    },
  )
}

function profileWith(validations: object) {
  const profile = { attributes: [{ name: 'dept', validations }] }
  const config = { 'kc.user.profile.config': [JSON.stringify(profile)] }
  return { components: { 'org.keycloak.userprofile.UserProfileProvider': [{ config }] } }
}

test('what is understood is not spoken of', () => {
  const profile = profileWith({ pattern: { pattern: 'a+' }, length: { max: 3 } })
  const authenticatorConfig = [matching('good', 'a.*b')]
  const passwordPolicy = 'length(8) and hashAlgorithm(pbkdf2-sha512)'
  expect(noticesOf({ ...profile, authenticatorConfig, passwordPolicy })).toEqual([])
})

test('what is not understood is named with its place', () => {
  const named = (members: Readonly<Record<string, unknown>>) => noticesOf(members).join()
  expect(named({ authenticatorConfig: [matching('bad', '([')] })).toContain(
    'Realm old: authenticator config bad lets no login through',
  )
  expect(named(profileWith({ yesterday: {} }))).toContain('validator yesterday of dept')
  expect(named(profileWith({ pattern: { pattern: '([' } }))).toContain('validator pattern of dept')
  for (const passwordPolicy of ['rule(1)', 'regexPattern(([)', 'hashAlgorithm(rot13)']) {
    expect(named({ passwordPolicy }), passwordPolicy).toContain('passwordPolicy is not understood')
  }
})
