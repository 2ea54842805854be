import { describe, expect, test } from 'vitest'
import { Outage } from './outage.ts'

function watched() {
  const lines: string[] = []
  const note = (level: string) => (line: string) => void lines.push(`${level} ${line}`)
  let now = 0
  const logger = { warn: note('WARN'), info: note('INFO') }
  const outage = new Outage({ logger: logger as never, clock: { monotonic: () => now } })
  return {
    lines,
    outage,
    pass: (ms: number) => {
      now += ms
    },
  }
}

const refused = new Error('connect ECONNREFUSED')

describe('an outage of the database', () => {
  test('of fifteen minutes is told in a line at its beginning, one a minute and one at its end', () => {
    const { lines, outage, pass } = watched()
    for (let tries = 0; tries < 15 * 60 * 10; tries++) {
      outage.failed(refused)
      outage.refusedRequest()
      pass(100)
    }
    pass(2_000)
    outage.answered()
    expect(lines).toHaveLength(1 + 14 + 1)
    expect(lines[0]).toBe('WARN The database cannot be used: connect ECONNREFUSED')
    expect(lines[1]).toBe(
      'WARN The database cannot be used for 60 s (601 statements failed, 600 requests were refused): connect ECONNREFUSED',
    )
    expect(lines.at(-1)).toBe(
      'INFO The database answers again; it could not be used for 902 s (9000 statements failed, 9000 requests were refused)',
    )
  })

  test('that comes and goes within seconds is one', () => {
    const { lines, outage, pass } = watched()
    for (let tries = 0; tries < 100; tries++) {
      outage.failed(refused)
      pass(50)
      outage.answered()
    }
    expect(lines).toHaveLength(1)
  })

  test('is told again when it happens again', () => {
    const { lines, outage, pass } = watched()
    for (let outages = 0; outages < 3; outages++) {
      outage.failed(refused)
      pass(5_000)
      outage.answered()
      outage.answered()
    }
    expect(lines.map((line) => line.slice(0, 4))).toEqual([
      'WARN',
      'INFO',
      'WARN',
      'INFO',
      'WARN',
      'INFO',
    ])
  })
})
