import { expect, it } from 'vitest'
import {
  callsOf,
  type ExpressionCall,
  holds,
  negates,
  readExpression,
} from './workflow-expression.ts'

const value = (text: string, known: readonly string[]) =>
  holds(readExpression(text), ({ name }: ExpressionCall) => known.includes(name))

it('binds not before and, and and before or', async () => {
  expect(await value('a or b and c', ['a'])).toBe(true)
  expect(await value('(a or b) and c', ['a'])).toBe(false)
  expect(await value('not a and b', ['b'])).toBe(true)
  expect(await value('!(a and b) or c', ['a', 'b'])).toBe(false)
  expect(await value('a and not b', ['a', 'b'])).toBe(false)
  expect(await value('a AND NOT (b OR c)', ['a'])).toBe(true)
})

it('reads names and arguments as Keycloak does', () => {
  expect(callsOf(readExpression('user_created or HAS-ROLE(app/a \\) b)'))).toEqual([
    { name: 'user-created', argument: null },
    { name: 'has-role', argument: 'app/a ) b' },
  ])
})

it('knows whether anything is negated', () => {
  expect(negates(readExpression('a or (b and c)'))).toBe(false)
  expect(negates(readExpression('a or (b and !c)'))).toBe(true)
})

it('refuses what is no expression', () => {
  const wrong = ['', 'a b', 'a and', 'and a', '(a', 'a)', '()', 'a or or b', 'a(b', 'a ; b', 'not']
  for (const text of wrong) expect(() => readExpression(text), text).toThrow(/Invalid expression/)
  expect(() => readExpression('('.repeat(5_000))).toThrow(/Invalid expression/)
})
