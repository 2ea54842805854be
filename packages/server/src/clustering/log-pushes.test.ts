import type { LogRow, RequestHandler } from '@holdfast/cluster'
import { Complaints } from '@holdfast/cluster'
import { beforeEach, expect, test } from 'vitest'
import { LogPushes, type LogPushesDeps } from './log-pushes.ts'

const quiet = () => undefined
let lines: string[]
let applied: number[]
let polls: number
let receive: (body: unknown) => Promise<unknown>
let pushes: LogPushes

beforeEach(() => {
  lines = []
  applied = []
  polls = 0
  const warn = (_fields: object, message: string) => lines.push(message)
  const log = { debug: quiet, info: quiet, error: quiet, warn }
  let handler: RequestHandler = quiet
  pushes = new LogPushes({
    log: {
      onCommitted: quiet,
      identity: () => 'db',
      position: () => [{ v: 2, tag: 20 }],
      applyPush: (row: LogRow) => applied.push(row.v),
      pollNow: async () => {
        polls += 1
        return true
      },
    } as unknown as LogPushesDeps['log'],
    mesh: {
      onRequest: (_kind: string, given: RequestHandler) => {
        handler = given
      },
    } as unknown as LogPushesDeps['mesh'],
    membership: {} as LogPushesDeps['membership'],
    complaints: new Complaints(log, 60_000, () => 0),
  })
  receive = async (body) => await handler(body, 'peer')
})

const row = (v: number, prevTag: number) => ({
  shard: 0,
  v,
  prevTag,
  tag: 30,
  fmt: 1,
  events: '[]',
})

test('a push that follows a tag of another history is counted, logged once a minute, and makes the log look', async () => {
  for (let time = 0; time < 3; time++) await receive({ identity: 'db', rows: [row(3, 99)] })
  expect(pushes.refused).toBe(3)
  expect(lines).toEqual(['Refused a cluster push: its tag is of another history'])
  expect(polls).toBe(3)
})

test('a push that is next, known, early or of another database is no offence', async () => {
  await receive({ identity: 'db', rows: [row(3, 20), row(1, 5), row(9, 99)] })
  await receive({ identity: 'former', rows: [row(3, 99)] })
  expect(pushes.refused).toBe(0)
  expect(applied).toEqual([3, 1, 9, 3])
})

test.each([
  null,
  { identity: 'db', rows: [{}] },
  { identity: 'db', rows: Array(65).fill(row(3, 20)) },
])('what is no push is counted and changes nothing: %#', async (body) => {
  await expect(receive(body)).rejects.toThrow('malformed')
  expect(pushes.refused).toBe(1)
  expect(applied).toEqual([])
})
