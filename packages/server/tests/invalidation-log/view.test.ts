import {
  ClusterJobs,
  ClusterLog,
  ClusterMembership,
  IncompatibleMember,
  type JobRun,
  machineClock,
  type NodeProfile,
} from '@holdfast/cluster'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { type LogDatabase, logDatabase } from './log-database.ts'

describe('the cluster view in a real PostgreSQL', { timeout: 60_000 }, () => {
  let testDatabase: TestDatabase
  let database: LogDatabase

  beforeAll(async () => {
    testDatabase = await createDatabase(inject('postgresUrl'), {
      template: inject('templateName'),
    })
    database = logDatabase(testDatabase)
  })

  afterAll(async () => {
    await database.end()
    await testDatabase[Symbol.asyncDispose]()
  })

  async function node(cluster: string, name: string, profile: Partial<NodeProfile> = {}) {
    const nowhere = { addr: null, extAddr: null, site: null, rack: null, machine: null }
    const clock = machineClock()
    const log = new ClusterLog({ connection: database, clock, pollMs: 20 })
    const membership = new ClusterMembership({
      log,
      database,
      clock,
      cluster,
      profile: { ...nowhere, id: name, name, version: '1', protoMin: 1, protoMax: 1, ...profile },
    })
    const viewIds: number[] = []
    membership.onView((view) => viewIds.push(view.id))
    await log.start()
    return { log, membership, viewIds }
  }

  test('eight nodes that start at once form one view with one coordinator', async () => {
    const names = Array.from({ length: 8 }, (_, at) => `node${at}`)
    const nodes = await Promise.all(names.map((name) => node('many', name)))
    await Promise.all(nodes.map(({ membership }) => membership.start()))
    await Promise.all(nodes.map(({ log }) => log.pollNow()))
    for (const { membership } of nodes) {
      expect(membership.view().id).toBe(8)
      expect(
        membership
          .view()
          .members.map(({ id }) => id)
          .sort(),
      ).toEqual(names)
      expect(membership.view().coordinator).toBe(nodes[0]?.membership.view().coordinator)
      expect(membership.leaseValid()).toBe(true)
    }
    const [left, ...stay] = nodes
    await left?.membership.leave()
    await Promise.all(stay.map(({ log }) => log.pollNow()))
    for (const { membership } of stay) expect(membership.view().members).toHaveLength(7)
    for (const { log } of nodes) await log.stop()
  })

  test('a node whose row is gone forgets everything and joins as a new incarnation', async () => {
    const { log, membership } = await node('evicted', 'lonely')
    await membership.start()
    const before = membership.self.incarnation
    let flushed = ''
    log.onFlush((why) => {
      flushed = why
    })
    await database.query(`DELETE FROM cluster_member WHERE cluster = 'evicted'`)
    await expect.poll(() => membership.self.incarnation, { timeout: 5000 }).toBeGreaterThan(before)
    expect(flushed).toBe('evicted')
    expect(membership.leaseValid()).toBe(true)
    await log.stop()
  })

  test('a node without a common mesh protocol is refused', async () => {
    const old = await node('versions', 'old')
    await old.membership.start()
    const young = await node('versions', 'young', { protoMin: 2, protoMax: 3 })
    await expect(young.membership.start()).rejects.toThrow(IncompatibleMember)
    for (const { log } of [old, young]) await log.stop()
  })

  test('a job runs on one member, and on another when that one has left', async () => {
    const nodes = await Promise.all([node('jobs', 'one'), node('jobs', 'two')])
    for (const { membership } of nodes) await membership.start()
    const [one, two] = nodes.map(
      ({ membership }) => new ClusterJobs({ connection: database, cluster: 'jobs', membership }),
    ) as [ClusterJobs, ClusterJobs]
    const ran: string[] = []
    const job = (name: string) => async (run: JobRun) => {
      await database.transaction(async (tx) => {
        await run.check(tx)
        ran.push(name)
      })
    }
    const runs = await Promise.all([
      one.runIfDue('a-job', 0, job('one')),
      two.runIfDue('a-job', 0, job('two')),
    ])
    expect(runs.filter(Boolean)).toHaveLength(1)
    const [holder] = ran
    const [first, second] = holder === 'one' ? [nodes[0], two] : [nodes[1], one]
    await first?.membership.leave()
    expect(await second.runIfDue('a-job', 0, job('second'))).toBe(true)
    expect(await second.runIfDue('a-job', 60_000, job('third'))).toBe(false)
    for (const { log } of nodes) await log.stop()
  })
})
