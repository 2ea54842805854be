import { expect, test } from 'vitest'
import { nameText, parseDistinguishedName, sameName } from './distinguished-name.ts'

const parsed = (text: string) => {
  const name = parseDistinguishedName(text)
  if (name === null) throw new Error(`no name: ${text}`)
  return name
}

test.each([
  ['CN=app,O=Acme', ' cn = app , o=Acme '],
  ['CN=app;O=Acme', 'CN=app,O=Acme'],
  ['O="Acme, Inc."', 'O=Acme\\, Inc.'],
  ['CN=a+OU=b', 'OU=b+CN=a'],
  ['EMAILADDRESS=x@y', 'E=x@y'],
  ['2.5.4.3=app', 'OID.2.5.4.3=app'],
  ['CN=L\\C3\\BC', 'CN=Lü'],
])('%s is %s', (one, other) => {
  expect(sameName(parsed(one), parsed(other))).toBe(true)
})

test.each([
  ['CN=app', 'CN=App'],
  ['CN=app,O=Acme', 'O=Acme,CN=app'],
  ['CN=app,O=Acme', 'CN=app\\,O=Acme'],
  ['CN=a,OU=b', 'CN=a+OU=b'],
  ['CN=a', 'CN=a,CN=a'],
])('%s is not %s', (one, other) => {
  expect(sameName(parsed(one), parsed(other))).toBe(false)
})

test.each(['', 'app', 'CN', 'XX=a', 'CN=a,', 'CN=a"b', `CN=${'a'.repeat(4_000)}`])(
  '%s is no name',
  (text) => {
    expect(parseDistinguishedName(text)).toBeNull()
  },
)

test('is written as patterns expect it', () => {
  expect(nameText(parsed('E=x@y,CN=app+OU=b,O="Acme, Inc.",1.2.3=z'))).toBe(
    'EMAILADDRESS=x@y, CN=app + OU=b, O="Acme, Inc.", OID.1.2.3=z',
  )
})
