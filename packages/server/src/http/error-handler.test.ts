import { expect, test } from 'vitest'
import { toDatabaseError } from '../database/database-error.ts'
import { answerFor } from './error-handler.ts'

test.each(['40001', '40P01'])(
  'what the database has taken back too often (%s) may be tried later',
  (code) => {
    const error = toDatabaseError(Object.assign(new Error('could not serialize access'), { code }))
    const answer = answerFor(error)
    expect(answer.status).toBe(503)
    expect(JSON.stringify(answer)).toMatch(/retry-after/i)
  },
)
