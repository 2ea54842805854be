import { expect, it } from 'vitest'
import { formatMessage } from './message-format.ts'

it('fills parameters, also repeated and formatted ones', () => {
  expect(formatMessage('{0} and {1}, {0} {1,number}', ['a', 'b'])).toBe('a and b, a b')
})

it('reads two apostrophes as one and keeps quoted braces', () => {
  expect(formatMessage("Passwords don''t match.", [])).toBe("Passwords don't match.")
  expect(formatMessage("user ''{0}''", ['x'])).toBe("user 'x'")
  expect(formatMessage("literal '{0}'", ['x'])).toBe('literal {0}')
})

it('leaves what it does not understand', () => {
  expect(formatMessage('{a} {9} {', ['x'])).toBe('{a} {9} {')
})

it('does not read a parameter as a pattern', () => {
  expect(formatMessage('{0}', ["{1} it's"])).toBe("{1} it's")
})

it('chooses by a number', () => {
  const days = '{0} {0,choice,0#days|1#day|1<days}'
  expect([0, 1, 2].map((n) => formatMessage(days, [String(n)]))).toEqual([
    '0 days',
    '1 day',
    '2 days',
  ])
  expect(formatMessage('{0,choice,1#a|2#b}', ['0'])).toBe('a')
})
