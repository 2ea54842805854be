import { afterAll, describe, expect, it } from 'vitest'
import { Patterns } from '../../patterns/patterns.ts'
import { refusalOf } from './profile-validators.ts'

const patterns = new Patterns({ warn: (text) => expect(text).toContain('matches nothing') })
afterAll(async () => await patterns[Symbol.asyncDispose]())
const matches: Patterns['matches'] = (...given) => patterns.matches(...given)

const trial = { matches, place: { realm: 'acme', setting: 'x' } }
const schemes = { allowedSchemes: ['ftp'] }

/** As Keycloak 26.7.4 answered. */
const refused: [string, string, Record<string, unknown>, string, unknown[]][] = [
  ['length', ' a ', { min: 2 }, 'error-invalid-length-too-short', [2, null]],
  ['length', 'abc', { max: 2 }, 'error-invalid-length-too-long', [null, 2]],
  ['length', 'abc', { min: 1, max: 2 }, 'error-invalid-length', [1, 2]],
  ['length', '    ', { min: 2, max: 3, 'trim-disabled': true }, 'error-invalid-length', [2, 3]],
  ['integer', '1.5', {}, 'error-invalid-number', []],
  ['integer', ' 1', {}, 'error-invalid-number', []],
  ['integer', '9999999999999999999999', {}, 'error-invalid-number', []],
  ['integer', '0', { min: 1, max: 5 }, 'error-number-out-of-range', [1, 5]],
  ['integer', '0', { min: 1.5 }, 'error-number-out-of-range-too-small', [1, null]],
  ['integer', '6', { max: '5' }, 'error-number-out-of-range-too-big', [null, 5]],
  ['double', 'x', {}, 'error-invalid-number', []],
  ['double', '5.1', { min: 1.5, max: '5' }, 'error-number-out-of-range', [1.5, 5]],
  ['email', 'a@b@c', {}, 'error-invalid-email', ['a@b@c']],
  ['email', 'a..b@c.de', {}, 'error-invalid-email', ['a..b@c.de']],
  ['email', 'a@-b.de', {}, 'error-invalid-email', ['a@-b.de']],
  ['email', 'a@b.c.', {}, 'error-invalid-email', ['a@b.c.']],
  ['email', 'abcdef@b.de', { 'max-local-length': '5' }, 'error-invalid-email', ['abcdef@b.de']],
  ['pattern', 'ab', { pattern: 'a|b' }, 'error-pattern-no-match', ['a|b']],
  ['pattern', 'A', { pattern: '[a-z]+', 'error-message': '${my}' }, '${my}', ['[a-z]+']],
  ['pattern', 'x', { pattern: '(' }, 'error-pattern-no-match', ['(']],
  ['uri', 'a', {}, 'error-invalid-uri', ['a', 'URI is not absolute']],
  ['uri', 'ftp://x', {}, 'error-invalid-uri-scheme', ['ftp://x', 'ftp']],
  ['uri', 'http://x', schemes, 'error-invalid-uri-scheme', ['http://x', 'http']],
  [
    'uri',
    'http:',
    {},
    'error-invalid-uri',
    ['http:', 'Expected scheme-specific part at index 5: http:'],
  ],
  [
    'uri',
    'http://',
    {},
    'error-invalid-uri',
    ['http://', 'Expected authority at index 7: http://'],
  ],
  [
    'uri',
    'http://a b',
    {},
    'error-invalid-uri',
    ['http://a b', 'Illegal character in authority at index 8: http://a b'],
  ],
  [
    'uri',
    'http://x/#a',
    { allowFragment: 'false' },
    'error-invalid-uri-fragment',
    ['http://x/#a', 'a'],
  ],
  ['iso-date', '2026-02-30', {}, 'error-invalid-date', ['2026-02-30']],
  ['local-date', '2026-01-02', {}, 'error-invalid-date', []],
  ['local-date', '13/13/2026', {}, 'error-invalid-date', []],
  ['options', 'c', { options: ['a', 'b'] }, 'error-invalid-value', []],
  ['not-blank', ' ', {}, 'error-invalid-blank', [' ']],
  ['person-name-prohibited-characters', 'a\tb', {}, 'error-person-name-invalid-character', []],
  ['person-name-prohibited-characters', '<', { 'error-message': 'mm' }, 'mm', []],
  ['username-prohibited-characters', 'a`b', {}, 'error-username-invalid-character', []],
  ['up-username-not-idn-homograph', 'аdmin', {}, 'error-username-invalid-character', []],
  ['a-validator-of-tomorrow', 'anything', {}, 'error-invalid-value', []],
]

const accepted: [string, string, Record<string, unknown>][] = [
  ['length', ' ab ', { max: 2 }],
  ['length', ' a', { min: 2, max: 3, 'trim-disabled': 'true' }],
  ['integer', '+99999999999', {}],
  ['double', '0x1p3', {}],
  ['double', 'NaN', { min: 1 }],
  ['email', 'a@b', {}],
  ['email', '"q q"@b.de', {}],
  ['email', 'a@ü.de', {}],
  ['email', 'a@[1.2.3.4]', {}],
  ['iso-date', '2028-02-29', {}],
  ['local-date', '01/02/26', {}],
  ['uri', 'https://x.org/a?b=c#d', {}],
  ['uri', 'http://ü.de', {}],
  ['uri', 'ftp://x', schemes],
  ['person-name-prohibited-characters', "Zoë d'Arc-Müller", {}],
  ['username-prohibited-characters', 'anna.müller@mail.example', {}],
  ['up-username-not-idn-homograph', 'müller😀', {}],
  ['up-duplicate-username', 'anything', {}],
]

describe('validators of the user profile', () => {
  it.each(refused)('%s refuses %s with %o', async (name, value, config, message, params) => {
    expect(await refusalOf(name, value, config, trial)).toEqual({ message, params })
  })

  it.each(accepted)('%s accepts %s with %o', async (name, value, config) => {
    expect(await refusalOf(name, value, config, trial)).toBeNull()
  })
})
