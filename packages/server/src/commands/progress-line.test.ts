import { expect, it } from 'vitest'
import { ProgressLine } from './progress-line.ts'

function shown(isTTY: boolean) {
  const written: string[] = []
  let now = 0
  const line = new ProgressLine({ isTTY, write: (text) => written.push(text) }, () => now)
  return {
    written,
    at: (ms: number, done: number) => {
      now = ms
      line.show('Realm a', done, 10_000, 'users')
    },
  }
}

it('tells rate and time left, counted from where this run began', () => {
  const { written, at } = shown(false)
  at(0, 4_000)
  at(1_000, 4_100)
  at(6_000, 4_600)
  at(60_000, 10_000)
  expect(written).toEqual([
    'Realm a: 4000 of 10000 users (40%)\n',
    'Realm a: 4600 of 10000 users (46%), 100/s, 54s left\n',
    'Realm a: 10000 of 10000 users (100%), 100/s\n',
  ])
})

it('is one line on a terminal', () => {
  const { written, at } = shown(true)
  at(0, 0)
  at(10_000, 1)
  expect(written.join('')).not.toContain('\n')
  expect(written[1]).toContain('27h46m left')
  at(20_000, 10_000)
  expect(written.at(-1)).toMatch(/\n$/)
})
