import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AesSecretBox } from '../../database/aes-secret-box.ts'
import { plainSecretBox } from '../../database/plain-secret-box.ts'
import { RealmSecrets } from '../realms/realm-secrets.ts'
import { ClientSecrets } from './client-secrets.ts'

const [first, second] = [randomBytes(32), randomBytes(32)]
const under = (...keys: Buffer[]) => new ClientSecrets(new RealmSecrets(new AesSecretBox(keys)))
const plain = new ClientSecrets(new RealmSecrets(plainSecretBox))

const client = {
  name: 'seen',
  secret: 'very secret',
  description: null,
  attributes: {
    'pkce.code.challenge.method': 'S256',
    'client.secret.rotated': 'very secret',
    'saml.signing.private.key': 'very secret',
    'jwt.credential.private.key': 'very secret',
  },
}
/** As a row gives it back. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

it('secrets of clients are sealed at rest, and everything comes back in its order', () => {
  const row = stored(under(first).seal(client))
  expect(JSON.stringify(row)).not.toContain('very secret')
  expect(row).toMatchObject({ name: 'seen', attributes: { 'pkce.code.challenge.method': 'S256' } })
  expect(JSON.stringify(under(first).open(row))).toBe(JSON.stringify(client))
  const resealed = under(second, first).reseal(row)
  expect(under(second).open(stored(resealed) ?? {})).toEqual(client)
  expect(under(second, first).reseal(stored(resealed) ?? {})).toBeNull()
})

it('what was stored plain is read, and sealed when there is a key', () => {
  expect(plain.seal(client)).toEqual(client)
  expect(plain.reseal(client)).toBeNull()
  expect(under(first).open(client)).toEqual(client)
  expect(under(first).open(stored(under(first).reseal(client)) ?? {})).toEqual(client)
})

it('texts that look sealed are texts, and a client without secrets stays as it is', () => {
  const typed = {
    secret: '{"sealed":"hf1:a:b"}',
    attributes: { 'client.secret.rotated': 'hf1:a:b' },
  }
  for (const box of [plain, under(first)]) expect(box.open(stored(box.seal(typed)))).toEqual(typed)
  for (const bare of [{}, { attributes: {} }, { name: 'n' }]) {
    expect(under(first).open(under(first).seal(bare))).toEqual(bare)
  }
})

it('a secret that no key opens is as if it were not there, and stays until another takes its place', () => {
  const row = stored(under(first).seal(client))
  const opened = under(second).open(row)
  expect(opened).not.toHaveProperty('secret')
  expect(opened.attributes).toEqual({ 'pkce.code.challenge.method': 'S256' })
  const written = stored(under(second).seal({ ...opened, name: 'other' }, row))
  expect(under(first).open(written)).toEqual({ ...client, name: 'other' })
  const replaced = stored(under(second).seal({ ...opened, secret: 'new' }, row))
  expect(under(second).open(replaced)).toMatchObject({ secret: 'new' })
})

it('of 1,000 random clients each comes back as it was, sealed or not, before a key, with it and with the next', () => {
  const typed = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => JSON.stringify({ sealed: text })),
    fc.tuple(fc.string(), fc.string()).map(([id, text]) => `hf1:${id}:${text}`),
  )
  const names = ['client.secret.rotated', 'saml.signing.private.key', '.private.key', 'other']
  const random = fc.record(
    { secret: typed, name: typed, attributes: fc.dictionary(fc.constantFrom(...names), typed) },
    { requiredKeys: [] },
  )
  const property = fc.property(random, (given) => {
    const wanted = stored(given)
    const bare = stored(plain.seal(wanted))
    expect(plain.open(bare)).toEqual(wanted)
    expect(under(first).open(bare)).toEqual(wanted)
    const sealed = stored(under(first).reseal(bare) ?? bare)
    expect(under(first).open(sealed)).toEqual(wanted)
    const next = stored(under(second, first).reseal(sealed) ?? sealed)
    expect(under(second).open(next)).toEqual(wanted)
  })
  fc.assert(property, { numRuns: 1_000 })
})
