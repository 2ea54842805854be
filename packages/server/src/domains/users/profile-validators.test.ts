import { describe, expect, it } from 'vitest'
import { refusalOf } from './profile-validators.ts'

describe('validators of the user profile', () => {
  it.each([
    ['length', 'ab', { min: 3, max: 255 }, 'error-invalid-length'],
    ['length', 'ab', { min: 3 }, 'error-invalid-length-too-short'],
    ['length', 'abcd', { max: 3 }, 'error-invalid-length-too-long'],
    ['email', 'not-an-email', {}, 'error-invalid-email'],
    ['integer', 'x', {}, 'error-invalid-number'],
    ['integer', '0', { min: 1, max: 9 }, 'error-number-out-of-range'],
    ['iso-date', '2026-02-30', {}, 'error-invalid-date'],
    ['options', 'c', { options: ['a', 'b'] }, 'error-invalid-value'],
    ['pattern', 'x1', { pattern: '[a-z]+' }, 'error-pattern-no-match'],
    ['pattern', 'x', { pattern: '(' }, 'error-pattern-no-match'],
    ['uri', '::', {}, 'error-invalid-uri'],
    ['username-prohibited-characters', '<script>', {}, 'error-username-invalid-character'],
    ['person-name-prohibited-characters', 'A<b>', {}, 'error-person-name-invalid-character'],
    ['up-username-not-idn-homograph', 'аdmin', {}, 'error-username-invalid-character'],
  ])('%s refuses %s', (name, value, config, message) => {
    expect(refusalOf(name, value, config)?.message).toBe(message)
  })

  it.each([
    ['length', 'abc', { min: 3, max: 3 }],
    ['email', 'anna.o@mail.example', {}],
    ['double', '-1.5e3', {}],
    ['iso-date', '2028-02-29', {}],
    ['uri', 'https://site.example/?a=b', {}],
    ['person-name-prohibited-characters', "Zoë d'Arc-Müller", {}],
    ['username-prohibited-characters', 'anna.müller@mail.example', {}],
    ['up-username-not-idn-homograph', 'müller', {}],
    ['a-validator-of-tomorrow', 'anything', {}],
  ])('%s accepts %s', (name, value, config) => {
    expect(refusalOf(name, value, config)).toBeNull()
  })
})
