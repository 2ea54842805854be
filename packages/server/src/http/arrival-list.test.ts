import { expect, test } from 'vitest'
import { ArrivalList } from './arrival-list.ts'

function valuesOf<T>(list: ArrivalList<T>): T[] {
  const values: T[] = []
  for (let place = list.first; place !== undefined; place = place.later) values.push(place.value)
  return values
}

test('keeps the order of arrival, whoever leaves', () => {
  const list = new ArrivalList<string>()
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((value) => list.add(value))
  if (!a || !b || !c || !d) throw new Error('four places')
  list.leave(b)
  expect(valuesOf(list)).toEqual(['a', 'c', 'd'])
  list.leave(d)
  list.leave(a)
  list.add('e')
  expect(valuesOf(list)).toEqual(['c', 'e'])
  expect(list.size).toBe(2)
  list.leave(c)
  expect(list.first?.value).toBe('e')
})

test('a place is left once, and holds nobody afterwards', () => {
  const list = new ArrivalList<number>()
  const only = list.add(1)
  list.leave(only)
  list.leave(only)
  expect(list.size).toBe(0)
  expect(list.first).toBeUndefined()
  const [left, stays] = [list.add(2), list.add(3)]
  list.leave(left)
  list.leave(left)
  expect([left.earlier, left.later]).toEqual([undefined, undefined])
  expect([stays.earlier, stays.later]).toEqual([undefined, undefined])
  expect(list.size).toBe(1)
})
