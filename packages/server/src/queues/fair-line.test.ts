import { describe, expect, it } from 'vitest'
import { FairLine } from './fair-line.ts'

function drained(line: FairLine<string>): string[] {
  const jobs: string[] = []
  for (let job = line.shift(); job !== undefined; job = line.shift()) jobs.push(job)
  return jobs
}

const of = (member: string, group = 'acme') => ({ group, member })
const a = of('a')
const b = of('b')
const c = of('c')

describe('FairLine', () => {
  it('serves one asker in order', () => {
    const line = new FairLine<string>(3)
    for (const job of ['1', '2', '3']) expect(line.push(a, job)).toBeUndefined()
    expect(line.size).toBe(3)
    expect(drained(line)).toEqual(['1', '2', '3'])
    expect(line.size).toBe(0)
  })

  it('gives everybody a turn before anybody has a second one', () => {
    const line = new FairLine<string>(10)
    for (const job of ['a1', 'a2', 'a3']) line.push(a, job)
    line.push(b, 'b1')
    line.push(c, 'c1')
    expect(line.shift()).toBe('a1')
    line.push(b, 'b2')
    expect(drained(line)).toEqual(['b1', 'c1', 'a2', 'b2', 'a3'])
  })

  it('lets one asker fill it, and refuses what that asker brings then', () => {
    const line = new FairLine<string>(2)
    line.push(a, 'a1')
    line.push(a, 'a2')
    expect(line.push(a, 'a3')).toBe('a3')
    expect(drained(line)).toEqual(['a1', 'a2'])
  })

  it('makes room for others at the cost of whom most wait for', () => {
    const line = new FairLine<string>(4)
    for (const job of ['a1', 'a2', 'a3', 'a4']) line.push(a, job)
    expect(line.push(b, 'b1')).toBe('a4')
    expect(line.push(b, 'b2')).toBe('a3')
    // Two each: from now on neither has a better claim.
    expect(line.push(b, 'b3')).toBe('b3')
    expect(line.push(c, 'c1')).toBe('a2')
    expect(line.size).toBe(4)
    expect(drained(line)).toEqual(['a1', 'b1', 'c1', 'b2'])
  })

  it('refuses everything where nothing may wait', () => {
    expect(new FairLine<string>(0).push(a, 'a1')).toBe('a1')
  })

  it('is fair between groups first, however many members one of them has', () => {
    const line = new FairLine<string>(6)
    for (const name of ['1', '2', '3', '4', '5', '6']) line.push(of(name, 'hostile'), `h${name}`)
    expect(line.push(of('x', 'normal'), 'n1')).toBe('h1')
    expect(line.push(of('x', 'normal'), 'n2')).toBe('h2')
    expect(line.push(of('7', 'hostile'), 'h7')).toBe('h7')
    expect(drained(line)).toEqual(['h3', 'n1', 'h4', 'n2', 'h5', 'h6'])
  })
})
