import { expect, it } from 'vitest'
import { RealmScanner, type ScannedPart } from './realm-scanner.ts'

function scanned(text: string, pieceBytes: number): ScannedPart[] {
  const scanner = new RealmScanner()
  const bytes = Buffer.from(text)
  const parts: ScannedPart[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    parts.push(...scanner.scan(bytes.subarray(at, at + pieceBytes)))
  }
  scanner.end()
  return parts
}

const tricky = {
  realm: 'a"[{',
  users: [
    { username: 'é}]', attributes: { users: ['x', '\\"'] } },
    { username: '€', list: [[], {}] },
  ],
  groups: [{ name: 'users', users: [{ not: 'one' }] }],
  nested: { users: [1, 2] },
  last: 'users',
}

it.each([1, 2, 3, 7, 1000])(
  'takes users out of a realm that comes in pieces of %d bytes',
  (size) => {
    for (const space of [0, 2]) {
      const parts = scanned(JSON.stringify(tricky, null, space), size)
      const users = parts.filter(({ kind }) => kind === 'user').map(({ text }) => JSON.parse(text))
      expect(users).toEqual(tricky.users)
      const realm = parts.find(({ kind }) => kind === 'realm')
      expect(JSON.parse(realm?.text ?? '')).toEqual({ ...tricky, users: [] })
    }
  },
)

it.each([1, 5, 1000])('tells the realms of an array apart, in pieces of %d bytes', (size) => {
  const realms = [tricky, { realm: 'b', users: [] }, { realm: 'c' }, { ...tricky, realm: 'd' }]
  const parts = scanned(JSON.stringify(realms, null, 1), size)
  const found = parts.map(({ kind, realm }) => `${kind} ${realm}`)
  expect(found).toEqual([
    'user 0',
    'user 0',
    'realm 0',
    'realm 1',
    'realm 2',
    'user 3',
    'user 3',
    'realm 3',
  ])
  const texts = parts
    .filter(({ kind }) => kind === 'realm')
    .map(({ text }) => JSON.parse(text).realm)
  expect(texts).toEqual(['a"[{', 'b', 'c', 'd'])
})

it.each(['{"realm":"a"', '[{"realm":"a"}', '', '{"a":"'])(
  'refuses %j, which ends too early',
  (text) => {
    expect(() => scanned(text, 100)).toThrow('the file ends too early')
  },
)

it.each(['x', '1', '{}}'])('refuses %j', (text) => {
  expect(() => scanned(text, 100)).toThrow()
})
