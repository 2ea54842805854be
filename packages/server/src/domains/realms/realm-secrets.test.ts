import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { AesSecretBox } from '../../database/aes-secret-box.ts'
import { plainSecretBox } from '../../database/plain-secret-box.ts'
import { RealmSecrets } from './realm-secrets.ts'
import { masked, secretMembers, shownMembers, unmaskedMembers } from './secret-members.ts'
import { openedSettings, resealedSettings, sealedSettings } from './settings-secrets.ts'

const [first, second] = [randomBytes(32), randomBytes(32)]
const under = (...keys: Buffer[]) => new RealmSecrets(new AesSecretBox(keys))
const plain = new RealmSecrets(plainSecretBox)

const authenticatorSecrets = new Set(['secret.key', 'api.key', 'sms.gateway.secret'])

/** Settings in which every secret member holds the value. */
function settingsWith(value: string) {
  const members = (names: ReadonlySet<string>) =>
    Object.fromEntries([...names].map((name) => [name, value]))
  return {
    smtpServer: { host: 'mail', ...members(secretMembers.smtpServer) },
    authenticatorConfig: [
      { id: 'a', alias: 'a', config: { 'site.key': 'seen', ...members(authenticatorSecrets) } },
      { id: 'none', alias: 'none' },
    ],
  }
}

/** Settings of an identity provider in which every secret member holds the value. */
function brokerWith(value: string): Record<string, string> {
  const members = [...secretMembers.identityProvider].map((name) => [name, value])
  return { clientId: 'c', ...Object.fromEntries(members) }
}

/** A configuration in which every secret member holds the value. */
function configWith(value: string): Record<string, string[]> {
  const members = [...secretMembers.component].map((name) => [name, [value]])
  return { priority: ['1'], ...Object.fromEntries(members) }
}

it.each(Object.entries(secretMembers))(
  'every secret of %s is masked, and kept behind its mask',
  (place, names) => {
    const secrets = Object.fromEntries([...names].map((name) => [name, `the ${name}`]))
    const all = { open: 'seen', ...secrets }
    const shown = shownMembers(place as keyof typeof secretMembers, all)
    expect(shown['open']).toBe('seen')
    for (const name of names) expect(shown[name]).toBe(masked)
    expect(unmaskedMembers(place as keyof typeof secretMembers, shown, all)).toEqual(all)
  },
)

it('a reference to a vault is no secret', () => {
  const reference = { password: '${vault.mail}' }
  expect(shownMembers('smtpServer', reference)).toEqual(reference)
})

it('every secret is sealed at rest and comes back, under the first key as under its successor', () => {
  const stored = JSON.stringify([
    sealedSettings(under(first), settingsWith('very secret')),
    under(first).sealComponent(configWith('very secret')),
    under(first).sealMap('identityProvider', brokerWith('very secret')),
  ])
  expect(stored).not.toContain('very secret')
  const [settings, config, broker] = JSON.parse(stored)
  expect(openedSettings(under(first), settings)).toEqual(settingsWith('very secret'))
  expect(under(first).openComponent(config)).toEqual(configWith('very secret'))

  expect(under(first).openMap('identityProvider', broker)).toEqual(brokerWith('very secret'))

  const both = under(second, first)
  const resealedBroker = both.resealMap('identityProvider', broker) ?? {}
  expect(under(second).openMap('identityProvider', resealedBroker)).toEqual(
    brokerWith('very secret'),
  )
  const resealed = resealedSettings(both, settings)
  expect(openedSettings(under(second), resealed ?? {})).toEqual(settingsWith('very secret'))
  expect(under(second).openComponent(both.resealComponent(config) ?? {})).toEqual(
    configWith('very secret'),
  )
  expect(resealedSettings(both, resealed ?? {})).toBeNull()
})

const typed = ['hf1:aaaaaaaa:bbbb', 'hf1::', '{"sealed":"hf1:aaaaaaaa:bbbb"}', masked, 'a:b:c']

it.each(typed)(
  '%s is a text like any other, before and after encryption is switched on',
  (text) => {
    const settings = sealedSettings(plain, settingsWith(text))
    const config = plain.sealComponent(configWith(text))
    expect(openedSettings(plain, settings)).toEqual(settingsWith(text))
    expect(plain.openComponent(config)).toEqual(configWith(text))
    const sealed = resealedSettings(under(first), settings) ?? {}
    expect(JSON.stringify(sealed)).not.toContain(text)
    expect(openedSettings(under(first), sealed)).toEqual(settingsWith(text))
    const resealed = under(first).resealComponent(config) ?? {}
    expect(under(first).openComponent(resealed)).toEqual(configWith(text))
  },
)

it('what cannot be opened is missing, harms nothing else, and is kept until another takes its place', () => {
  const told: string[] = []
  const other = new RealmSecrets(new AesSecretBox([second]), (place, name) =>
    told.push(`${place} ${name}`),
  )
  const settings = sealedSettings(under(first), settingsWith('lost'))
  const opened = openedSettings(other, settings)
  expect(opened.smtpServer).toEqual({ host: 'mail' })
  expect(told).toContain('smtpServer password')
  const changed = { ...opened, smtpServer: { host: 'elsewhere', password: 'new' } }
  const written = sealedSettings(other, changed, settings)
  expect(openedSettings(other, written).smtpServer).toEqual({ host: 'elsewhere', password: 'new' })
  expect(openedSettings(under(first), written).smtpServer).toMatchObject({
    authTokenClientSecret: 'lost',
  })

  const config = under(first).sealComponent(configWith('lost'))
  expect(other.openComponent(config)).toEqual({ priority: ['1'] })
  const again = other.sealComponent({ priority: ['2'] }, config)
  expect(under(first).openComponent(again)).toEqual({ ...configWith('lost'), priority: ['2'] })
})
