import { expect, test } from 'vitest'
import { connectionShortage } from './connection-budget.ts'

test('says when all pools together want more connections than there are, and what would do', () => {
  expect(connectionShortage({ members: 3, poolMax: 29, allowed: 96 })).toBeUndefined()
  expect(connectionShortage({ members: 3, poolMax: 30, allowed: 96 })).toBe(
    '3 members may open 99 connections, and the database has 96: under load some will be refused. Set db-pool-max-size to 29 at most, or raise max_connections of PostgreSQL',
  )
})
