import { expect, it } from 'vitest'
import { isKept, typeWithoutError } from './event-types.ts'

it('keeps the types that the realm names', () => {
  expect(isKept('REFRESH_TOKEN', ['REFRESH_TOKEN'])).toBe(true)
  expect(isKept('LOGIN', ['REFRESH_TOKEN'])).toBe(false)
})

it('leaves out the frequent types where the realm names none', () => {
  expect(isKept('LOGIN_ERROR', [])).toBe(true)
  expect(isKept('REFRESH_TOKEN', [])).toBe(false)
  expect(isKept('REFRESH_TOKEN_ERROR', [])).toBe(false)
  expect(isKept('USER_INFO_REQUEST', [])).toBe(false)
})

it('counts errors under the type they belong to', () => {
  expect(typeWithoutError('LOGIN_ERROR')).toBe('LOGIN')
  expect(typeWithoutError('LOGIN')).toBe('LOGIN')
})
