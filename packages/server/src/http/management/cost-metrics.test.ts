import { Registry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { costlyWork } from '../../shared/costly-work.ts'
import { registerCostMetrics } from './cost-metrics.ts'

describe('cost metrics', () => {
  it('counts signatures by algorithm, hashes, statements and the messages that carried them', async () => {
    const registry = new Registry()
    registerCostMetrics(registry)
    costlyWork.signature.publish('RS256')
    costlyWork.signature.publish('RS256')
    costlyWork.signature.publish('HS512')
    costlyWork.passwordHash.publish(undefined)
    costlyWork.statements.publish(3)
    costlyWork.statements.publish(1)
    const page = await registry.metrics()
    expect(page).toContain('holdfast_signatures_total{algorithm="RS256"} 2')
    expect(page).toContain('holdfast_signatures_total{algorithm="HS512"} 1')
    expect(page).toContain('holdfast_password_hashes_total 1')
    expect(page).toContain('holdfast_sql_statements_total 4')
    expect(page).toContain('holdfast_sql_round_trips_total 2')
  })
})
